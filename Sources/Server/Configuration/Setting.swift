/// What an operator can set, by the name it has in the environment. All that is known of a setting but its type is here
/// and in ``row``; flags, `--help`, `parlor config` and the reader are made from it.
enum Setting: String, CaseIterable, Sendable {
    case config = "PARLOR_CONFIG"
    case host = "PARLOR_HOST"
    case port = "PARLOR_PORT"
    case opsListen = "PARLOR_OPS_LISTEN"
    case data = "PARLOR_DATA"
    case sqliteSync = "PARLOR_SQLITE_SYNC"
    case games = "PARLOR_GAMES"
    case redisURL = "PARLOR_REDIS_URL"
    case redisPrefix = "PARLOR_REDIS_PREFIX"
    case redisDeadline = "PARLOR_REDIS_DEADLINE"
    case redisCA = "PARLOR_REDIS_CA"
    case redisCert = "PARLOR_REDIS_CERT"
    case redisKey = "PARLOR_REDIS_KEY"
    case nodeID = "PARLOR_NODE_ID"
    case publicURL = "PARLOR_PUBLIC_URL"
    case allowedHosts = "PARLOR_ALLOWED_HOSTS"
    case allowedOrigins = "PARLOR_ALLOWED_ORIGINS"
    case trustedProxies = "PARLOR_TRUSTED_PROXIES"
    case tlsCert = "PARLOR_TLS_CERT"
    case tlsKey = "PARLOR_TLS_KEY"
    case auth = "PARLOR_AUTH"
    case jwtSecret = "PARLOR_JWT_SECRET"
    case jwks = "PARLOR_JWKS"
    case jwtIssuer = "PARLOR_JWT_ISSUER"
    case jwtAudience = "PARLOR_JWT_AUDIENCE"
    case adminToken = "PARLOR_ADMIN_TOKEN"
    case maxConnections = "PARLOR_MAX_CONNECTIONS"
    case maxConnectionsPerAddress = "PARLOR_MAX_CONNECTIONS_PER_ADDRESS"
    case maxConnectionsPerUser = "PARLOR_MAX_CONNECTIONS_PER_USER"
    case maxRooms = "PARLOR_MAX_ROOMS"
    case maxRoomsPerClient = "PARLOR_MAX_ROOMS_PER_CLIENT"
    case maxRoomsPerAddress = "PARLOR_MAX_ROOMS_PER_ADDRESS"
    case messagesPerSecond = "PARLOR_MESSAGES_PER_SECOND"
    case requestsPerSecondPerAddress = "PARLOR_REQUESTS_PER_SECOND_PER_ADDRESS"
    case joinsPerMinutePerAddress = "PARLOR_JOINS_PER_MINUTE_PER_ADDRESS"
    case outboxBytes = "PARLOR_OUTBOX_BYTES"
    case outboxSeconds = "PARLOR_OUTBOX_SECONDS"
    case outboxTotalBytes = "PARLOR_OUTBOX_TOTAL_BYTES"
    case drainSeconds = "PARLOR_DRAIN_SECONDS"
    case logLevel = "PARLOR_LOG_LEVEL"
    case logFormat = "PARLOR_LOG_FORMAT"
    case threads = "PARLOR_THREADS"
    case web = "PARLOR_WEB"

    static let prefix = "PARLOR_"
    static let fileSuffix = "_FILE"

    /// Settings of the product that this version does not know yet. They are refused, never ignored: whoever sets one
    /// relies on it.
    static let unsupported: Set<String> = ["PARLOR_CLUSTER"]

    /// A secret is never shown.
    var isSecret: Bool { isNothingElse || self == .redisURL }

    /// Of the others a secret is a part.
    private var isNothingElse: Bool { self == .adminToken || self == .jwtSecret }

    /// The flag without its dashes. What is nothing but a secret has none, since every process of the machine can read it.
    var flag: String? {
        isNothingElse ? nil : rawValue.dropFirst(Self.prefix.count).lowercased().replacing("_", with: "-")
    }

    /// The variable that names a file to read the value from.
    var fileVariable: String? { isSecret ? rawValue + Self.fileSuffix : nil }

    /// The setting that `fileVariable` belongs to.
    init?(fileVariable: String) {
        guard let setting = Self.allCases.first(where: { $0.fileVariable == fileVariable }) else { return nil }
        self = setting
    }
}
