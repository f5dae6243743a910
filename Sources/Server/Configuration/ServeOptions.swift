internal import ArgumentParser

/// The flags of `parlor serve` and `parlor config`, one for each setting that is no secret. They are texts here; all
/// settings are read in one place, wherever they were said.
struct ServeOptions: ParsableArguments {
    @Option(.config) var config: String?
    @Option(.host) var host: String?
    @Option(.port) var port: String?
    @Option(.opsListen) var opsListen: String?
    @Option(.data) var data: String?
    @Option(.sqliteSync) var sqliteSync: String?
    @Option(.games) var games: String?
    @Option(.redisURL) var redisURL: String?
    @Option(.redisPrefix) var redisPrefix: String?
    @Option(.redisDeadline) var redisDeadline: String?
    @Option(.redisCA) var redisCA: String?
    @Option(.redisCert) var redisCert: String?
    @Option(.redisKey) var redisKey: String?
    @Option(.nodeID) var nodeID: String?
    @Option(.publicURL) var publicURL: String?
    @Option(.allowedHosts) var allowedHosts: String?
    @Option(.allowedOrigins) var allowedOrigins: String?
    @Option(.trustedProxies) var trustedProxies: String?
    @Option(.tlsCert) var tlsCert: String?
    @Option(.tlsKey) var tlsKey: String?
    @Option(.auth) var auth: String?
    @Option(.jwks) var jwks: String?
    @Option(.jwtIssuer) var jwtIssuer: String?
    @Option(.jwtAudience) var jwtAudience: String?
    @Option(.maxConnections) var maxConnections: String?
    @Option(.maxConnectionsPerAddress) var maxConnectionsPerAddress: String?
    @Option(.maxConnectionsPerUser) var maxConnectionsPerUser: String?
    @Option(.maxRooms) var maxRooms: String?
    @Option(.maxRoomsPerClient) var maxRoomsPerClient: String?
    @Option(.maxRoomsPerAddress) var maxRoomsPerAddress: String?
    @Option(.messagesPerSecond) var messagesPerSecond: String?
    @Option(.requestsPerSecondPerAddress) var requestsPerSecondPerAddress: String?
    @Option(.joinsPerMinutePerAddress) var joinsPerMinutePerAddress: String?
    @Option(.outboxBytes) var outboxBytes: String?
    @Option(.outboxSeconds) var outboxSeconds: String?
    @Option(.outboxTotalBytes) var outboxTotalBytes: String?
    @Option(.drainSeconds) var drainSeconds: String?
    @Option(.logLevel) var logLevel: String?
    @Option(.logFormat) var logFormat: String?
    @Option(.threads) var threads: String?
    @Option(.web) var web: String?

    /// What was said by flags.
    var values: [Setting: String] {
        let options: [Setting: String?] = [
            .config: config, .host: host, .port: port, .opsListen: opsListen, .data: data, .sqliteSync: sqliteSync,
            .games: games, .redisURL: redisURL, .redisPrefix: redisPrefix,
            .redisDeadline: redisDeadline, .redisCA: redisCA, .redisCert: redisCert, .redisKey: redisKey,
            .nodeID: nodeID, .publicURL: publicURL, .allowedHosts: allowedHosts,
            .allowedOrigins: allowedOrigins, .trustedProxies: trustedProxies, .tlsCert: tlsCert, .tlsKey: tlsKey,
            .auth: auth, .jwks: jwks, .jwtIssuer: jwtIssuer, .jwtAudience: jwtAudience,
            .maxConnections: maxConnections, .maxConnectionsPerAddress: maxConnectionsPerAddress,
            .maxConnectionsPerUser: maxConnectionsPerUser, .maxRooms: maxRooms, .maxRoomsPerClient: maxRoomsPerClient,
            .maxRoomsPerAddress: maxRoomsPerAddress, .messagesPerSecond: messagesPerSecond,
            .requestsPerSecondPerAddress: requestsPerSecondPerAddress,
            .joinsPerMinutePerAddress: joinsPerMinutePerAddress, .outboxBytes: outboxBytes,
            .outboxSeconds: outboxSeconds, .outboxTotalBytes: outboxTotalBytes, .drainSeconds: drainSeconds,
            .logLevel: logLevel, .logFormat: logFormat,
            .threads: threads, .web: web,
        ]
        return options.compactMapValues(\.self)
    }

    /// For the end of `--help`: what no flag can say.
    static let discussion: String = {
        let secrets = Setting.allCases.filter { $0.flag == nil }.map { setting in
            "\(setting.rawValue), or \(setting.rawValue)_FILE with a file to read it from: \(setting.help)"
        }
        return """
            Flags beat the environment, which beats the file of --config, which beats the defaults. For limits 0 means \
            none. In the environment and the file only:
            \(secrets.joined(separator: "\n"))
            """
    }()
}

extension Option<String?> {
    /// The flag of a setting, as the table has it.
    init(_ setting: Setting) {
        self.init(
            name: setting.flag.map { .customLong($0) } ?? .long,
            help: ArgumentHelp("\(setting.help) (\(setting.rawValue))", valueName: setting.row.placeholder))
    }
}

extension Setting {
    /// The line of `--help`, with the default.
    fileprivate var help: String {
        switch row.preset {
        case .value(let text): "\(row.help) Default: \(text)."
        case .unset(let meaning): "\(row.help) Default: \(meaning)."
        }
    }
}
