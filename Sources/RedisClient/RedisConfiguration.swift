public import NIOCore

/// Which Redis to talk to, and how.
public struct RedisConfiguration: Sendable {
    public struct Address: Hashable, Sendable, CustomStringConvertible {
        public var host: String
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    public enum Servers: Equatable, Sendable {
        case one(Address)
        /// Sentinels, which know where the master of that name is.
        case sentinels([Address], master: String)
    }

    /// Files in PEM; nil: the system's certificates, and none of our own.
    public struct TLS: Equatable, Sendable {
        public var certificateAuthority: String?
        public var certificate: String?
        public var key: String?

        public init(certificateAuthority: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.certificateAuthority = certificateAuthority
            self.certificate = certificate
            self.key = key
        }
    }

    public var servers: Servers
    public var user: String?
    public var password: String?
    public var database = 0
    public var tls: TLS?
    /// How long a command may take, and how long connecting may.
    public var deadline = TimeAmount.milliseconds(500)
    /// How many commands may be under way; more are refused as `overloaded`.
    public var mostInFlight = 65_536

    public init(_ servers: Servers) { self.servers = servers }
}
