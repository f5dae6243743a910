internal import Logging
internal import RoomEngine

/// All that an operator has said of a server, checked and typed. Fixed while the server runs.
struct Configuration: Sendable {
    /// A name or an address.
    var host: String
    /// 0: any free one.
    var port: Int
    /// Where /metrics, /admin and the details of /health are served alone; nil: at ``host`` and ``port`` with all else.
    var opsListen: ListenAddress?
    var data: DataPlace
    var sqliteSync: SQLiteSync
    /// nil: everything is in ``data`` alone.
    var redis: RedisSettings?
    /// nil: the server makes one up when it starts.
    var nodeID: String?
    /// How players reach the server; nil: as the request that asks did.
    var publicURL: Origin?
    /// Lower case, without ports and brackets. Loopback and the public URL's host are allowed besides.
    var allowedHosts: Set<String>
    var allowedOrigins: AllowedOrigins
    var trustedProxies: [AddressBlock]
    var tls: TLSFiles?
    var auth: AuthSettings
    /// nil: there is no /admin.
    var adminToken: Secret?
    var limits: Limits
    /// How long a stopping server lets players finish.
    var drainTime: Duration
    var logLevel: Logger.Level
    var logFormat: LogFormat
    /// How many event loops; nil: one for each core.
    var threads: Int?
    /// A folder of pages that are served in place of the built-in ones, or besides them.
    var webFolder: String?
    /// The games that are offered, in the order of `games.json` or else of the executable.
    var games: [GameSettings]

    /// - Parameter entries: the games of this executable.
    /// - Throws: everything that is wrong, at once.
    init(_ values: SettingValues, offering entries: [GameEntry]) throws(ConfigurationFaults) {
        var reader = SettingReader(values)
        self.init(&reader, entries)
        guard reader.faults.isEmpty else { throw ConfigurationFaults(faults: reader.faults) }
    }

    private init(_ reader: inout SettingReader, _ entries: [GameEntry]) {
        host = reader.value(.host, "an address or a host name") { Self.listenHost($0) } ?? ""
        port = reader.integer(.port, in: 0...Int(UInt16.max)) ?? 0
        opsListen = reader.value(.opsListen, ListenAddress.expected, ListenAddress.init)
        data = reader.value(.data, "a folder or \(DataPlace.memoryName)", DataPlace.init) ?? .memory
        sqliteSync = reader.choice(.sqliteSync) ?? .full
        redis = RedisSettings(&reader)
        nodeID = reader.value(.nodeID, "1 to 64 of A-Za-z0-9._-") { Self.isNodeID($0) ? $0 : nil }
        publicURL = reader.value(.publicURL, Origin.expected) { Origin($0) }
        allowedHosts = Set(reader.list(.allowedHosts, "a host name or an address, without a port", Self.hostOnly))
        allowedOrigins = AllowedOrigins(
            patterns: reader.list(.allowedOrigins, AllowedOrigins.Pattern.expected, AllowedOrigins.Pattern.init))
        trustedProxies = reader.list(.trustedProxies, AddressBlock.expected, AddressBlock.init)
        tls = TLSFiles(&reader, certificate: .tlsCert, key: .tlsKey)
        auth = AuthSettings(&reader)
        adminToken = reader.value(.adminToken, "printable ASCII without spaces, which a header needs", Secret.init)
        limits = Limits(&reader)
        drainTime = reader.time(.drainSeconds)
        logLevel = reader.choice(.logLevel) ?? .info
        logFormat = reader.choice(.logFormat) ?? .text
        threads = reader.integer(.threads, in: SettingBounds.threads)
        webFolder = reader.value(.web, "a folder") { OperatorFile.isFolder($0) ? $0 : nil }
        games = Self.games(&reader, entries)
    }

    private static func games(_ reader: inout SettingReader, _ entries: [GameEntry]) -> [GameSettings] {
        guard let path = reader.value(.games, "a file", { $0.isEmpty ? nil : $0 }) else { return [] }
        do throws(UnreadableFile) {
            let file = try GamesFile.load(path, mustExist: reader.isSaid(.games), offering: entries)
            reader.add(file.faults)
            return file.games
        } catch {
            reader.refuse(.games, error.description)
            return []
        }
    }

    private static func listenHost(_ text: String) -> String? {
        IPAddress(text) != nil || HostName.isValid(text) ? text : nil
    }

    private static func hostOnly(_ text: String) -> String? {
        if IPAddress(text) != nil { return text.lowercased() }
        guard let authority = Authority(text), authority.port == nil else { return nil }
        return authority.host
    }

    private static func isNodeID(_ text: String) -> Bool {
        1...64 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                HostName.isLabelByte(byte) || byte == UInt8(ascii: ".")
            }
    }
}

extension Limits {
    /// What the operator has said, beside the constants.
    init(_ reader: inout SettingReader) {
        maxConnections = reader.count(.maxConnections)
        maxConnectionsPerAddress = reader.count(.maxConnectionsPerAddress)
        maxConnectionsPerUser = reader.count(.maxConnectionsPerUser)
        maxRooms = reader.count(.maxRooms)
        maxRoomsPerClient = reader.count(.maxRoomsPerClient)
        maxRoomsPerAddress = reader.count(.maxRoomsPerAddress)
        messagesPerSecond = reader.count(.messagesPerSecond)
        requestsPerSecondPerAddress = reader.count(.requestsPerSecondPerAddress)
        joinsPerMinutePerAddress = reader.count(.joinsPerMinutePerAddress)
        outboxBytes = reader.byteCount(.outboxBytes)
        outboxTime = reader.time(.outboxSeconds)
        outboxTotalBytes = reader.byteCount(.outboxTotalBytes)
    }
}
