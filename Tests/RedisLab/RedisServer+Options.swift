extension RedisServer {
    /// What a server is like.
    public struct Options: Sendable {
        public enum Flush: String, Sendable { case always, everysec, no }

        /// Whether it writes what it is told to a file, which it reads after a restart.
        public var appendOnly = true
        public var appendFsync = Flush.everysec
        /// Of the user `default`.
        public var password: String?
        /// More users, in the words of its ACL: `parlor on >secret ~parlor:* &* +@all`.
        public var users: [String] = []
        /// A cluster of this one node, which has all slots.
        public var isCluster = false
        /// The port of its master on this machine.
        public var replicaOf: Int?
        /// What it tells its master to be let in.
        public var masterPassword: String?
        /// Makes it listen on ``RedisServer/tlsPort`` too.
        public var tls: Certificates?
        /// Whether it takes TLS connections only from who has a certificate.
        public var asksForCertificate = false
        /// Such as `2mb`, and what to do when that is used.
        public var maxMemory: String?
        public var maxMemoryPolicy = "noeviction"
        /// More lines of its configuration.
        public var lines: [String] = []
        var isSentinel = false

        public init() {}

        static let configurationFile = "redis.conf"
        static let usersFile = "users.acl"
        static let logFile = "redis.log"
        /// What is no data.
        static let files: Set<String> = [configurationFile, usersFile, logFile]
        /// The laboratory's own way in, where the users are listed: (user, password).
        private static let own = (user: "laboratory", password: "of-the-laboratory")

        var authentication: [String]? {
            if !users.isEmpty { return ["AUTH", Self.own.user, Self.own.password] }
            return password.map { ["AUTH", $0] }
        }

        var usersText: String {
            let own = "\(Self.own.user) on >\(Self.own.password) ~* &* +@all"
            let everybody = "default on \(password.map { ">" + $0 } ?? "nopass") ~* &* +@all"
            // A user whom a test defines itself, `default` included, is as the test says.
            let users = users.contains { $0.hasPrefix("default ") } ? users : [everybody] + users
            return ([own] + users).map { "user \($0)\n" }.joined()
        }

        func text(port: Int, tlsPort: Int?, folder: String) -> String {
            var lines = [
                "port \(port)", "bind 127.0.0.1", "dir \(folder)", "logfile \(folder)/\(Self.logFile)",
                "daemonize no",
            ]
            if let password, users.isEmpty { lines.append("requirepass \(password)") }
            if !users.isEmpty { lines.append("aclfile \(folder)/\(Self.usersFile)") }
            if let tls, let tlsPort {
                lines += [
                    "tls-port \(tlsPort)", "tls-cert-file \(tls.server.certificate)", "tls-key-file \(tls.server.key)",
                    "tls-ca-cert-file \(tls.authority.certificate)",
                    "tls-auth-clients \(asksForCertificate ? "yes" : "no")",
                ]
            }
            if !isSentinel { lines += dataLines(port: port) }
            return (lines + self.lines).map { $0 + "\n" }.joined()
        }

        private func dataLines(port: Int) -> [String] {
            var lines = [
                "save \"\"", "appendonly \(appendOnly ? "yes" : "no")", "appendfsync \(appendFsync.rawValue)",
                // A replica that is copied to is there at once.
                "repl-diskless-sync yes", "repl-diskless-sync-delay 0", "maxmemory-policy \(maxMemoryPolicy)",
            ]
            if isCluster { lines += ["cluster-enabled yes", "cluster-port \(port + LabPort.clusterBus)"] }
            if let replicaOf { lines.append("replicaof 127.0.0.1 \(replicaOf)") }
            if let masterPassword { lines.append("masterauth \(masterPassword)") }
            if let maxMemory { lines.append("maxmemory \(maxMemory)") }
            return lines
        }
    }
}
