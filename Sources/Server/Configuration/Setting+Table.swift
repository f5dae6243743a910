extension Setting {
    struct Row {
        let preset: Preset
        /// What stands for a value in `--help`.
        let placeholder: String
        let help: String

        init(_ preset: Preset, _ placeholder: String, _ help: String) {
            self.preset = preset
            self.placeholder = placeholder
            self.help = help
        }
    }

    /// What is in force when nothing was said.
    enum Preset: Equatable {
        /// A value, as an operator would write it.
        case value(String)
        /// No value; what that means, in a word.
        case unset(String)
    }

    /// The defaults of limits stand beside their reasons.
    private static let limits = Limits()

    var row: Row {
        let limits = Self.limits
        return switch self {
        case .config: Row(.unset("none"), "file", "A file of NAME=value lines, with the names below.")
        case .host: Row(.value("127.0.0.1"), "address", "Where to listen.")
        case .port: Row(.value("8080"), "port", "0 takes any free one and prints it.")
        case .opsListen:
            Row(.unset("same port"), "host:port", "Where /metrics, /admin and details of /health are served alone.")
        case .data: Row(.value("./data"), "folder", "Where the database is; \(DataPlace.memoryName) keeps nothing.")
        case .sqliteSync:
            Row(.value("full"), "mode", "full survives a power cut; normal is faster and may lose the last moments.")
        case .games: Row(.value("games.json"), "file", "Which games are offered, and how.")
        case .redisURL:
            Row(
                .unset("none"), "url",
                "Redis for rooms and sessions: redis://[user:password@]host[:port][/db], rediss:// or redis+sentinel://."
            )
        case .redisPrefix: Row(.value("parlor:"), "text", "What the names of all keys in Redis begin with.")
        case .redisDeadline: Row(.value("500ms"), "time", "How long Redis may take before it counts as gone.")
        case .redisCA: Row(.unset("the system's"), "file", "Certificates to trust for rediss:// (PEM).")
        case .redisCert: Row(.unset("none"), "file", "Certificate to show to Redis (PEM).")
        case .redisKey: Row(.unset("none"), "file", "Its private key (PEM).")
        case .nodeID: Row(.unset("random"), "name", "What this server is called in logs and by its clients.")
        case .publicURL: Row(.unset("none"), "url", "How players reach this server, for invitation links.")
        case .allowedHosts:
            Row(.unset("none"), "hosts", "Host names to answer to besides loopback and the public URL's, with commas.")
        case .allowedOrigins:
            Row(
                .unset("same origin"), "origins",
                "Sites whose pages may connect: https://a.example or https://*.a.example, with commas; * for all.")
        case .trustedProxies:
            Row(.unset("none"), "addresses", "Proxies whose X-Forwarded-For is believed: 10.0.0.0/8, ::1, with commas.")
        case .tlsCert: Row(.unset("none"), "file", "Certificate chain (PEM).")
        case .tlsKey: Row(.unset("none"), "file", "Its private key (PEM).")
        case .auth:
            Row(.value("optional"), "policy", "Tokens (JWT): off, optional (who has none is anonymous) or required.")
        case .jwtSecret:
            Row(.unset("none"), "text", "What tokens are signed with (HS256, HS384, HS512): 32 bytes or more.")
        case .jwks:
            Row(
                .unset("none"), "file or url", "Public keys that tokens are signed with: a JWK set, https:// or a file."
            )
        case .jwtIssuer: Row(.unset("any"), "text", "Who must have issued a token: its claim iss.")
        case .jwtAudience:
            Row(.unset("none"), "text", "Whom a token must be for: its claim aud, which is refused otherwise.")
        case .adminToken:
            Row(.unset("no admin"), "token", "What an operator's requests show: Authorization: Bearer.")
        case .maxConnections: Row(.value("\(limits.maxConnections)"), "count", "Connections at once.")
        case .maxConnectionsPerAddress:
            Row(.value("\(limits.maxConnectionsPerAddress)"), "count", "Connections from one address.")
        case .maxConnectionsPerUser: Row(.value("\(limits.maxConnectionsPerUser)"), "count", "Connections of one user.")
        case .maxRooms: Row(.value("\(limits.maxRooms)"), "count", "Rooms at once.")
        case .maxRoomsPerClient: Row(.value("\(limits.maxRoomsPerClient)"), "count", "Rooms one client is in.")
        case .maxRoomsPerAddress: Row(.value("\(limits.maxRoomsPerAddress)"), "count", "Rooms made from one address.")
        case .messagesPerSecond:
            Row(.value("\(limits.messagesPerSecond)"), "count", "Messages from one connection; bursts of twice that.")
        case .requestsPerSecondPerAddress:
            Row(
                .value("\(limits.requestsPerSecondPerAddress)"), "count",
                "HTTP requests from one address; bursts of twenty times that.")
        case .joinsPerMinutePerAddress:
            Row(
                .value("\(limits.joinsPerMinutePerAddress)"), "count",
                "Joins from one address; coming back to a seat is none.")
        case .outboxBytes:
            Row(.value("\(limits.outboxBytes / 1024)KiB"), "size", "What one connection may leave unread.")
        case .outboxSeconds:
            Row(
                .value("\(limits.outboxTime.components.seconds)"), "time",
                "How long a connection may be over that, before it is closed.")
        case .outboxTotalBytes:
            Row(
                .value("\(limits.outboxTotalBytes / 1024 / 1024)MiB"), "size",
                "What all connections together may leave unread.")
        case .drainSeconds: Row(.value("2"), "time", "How long a stopping server lets players finish; 0: not at all.")
        case .logLevel: Row(.value("info"), "level", "trace, debug, info, notice, warning, error or critical.")
        case .logFormat: Row(.value("text"), "format", "text or json.")
        case .threads: Row(.unset("cores"), "count", "Event loops.")
        case .web: Row(.unset("none"), "folder", "Pages that shadow the built-in ones, or come besides them.")
        }
    }
}
