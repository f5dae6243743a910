/// A master with one replica, and three sentinels that watch them: 500 ms without an answer, and the replica takes over.
public final class SentinelTrio: Sendable {
    public struct Options: Sendable {
        /// Of the two servers that hold data.
        public var password: String?
        /// Of the sentinels.
        public var sentinelPassword: String?
        /// All listen with TLS too, and the sentinels tell the ports with TLS.
        public var tls: Certificates?

        public init() {}
    }

    /// What the sentinels call the master.
    public static let name = "parlor"
    private static let downAfter = 500
    private static let votes = 2

    /// The two that hold data; the first one was the first master.
    public let servers: [RedisServer]
    public let sentinels: [RedisServer]
    private let options: Options

    private init(_ servers: [RedisServer], _ sentinels: [RedisServer], _ options: Options) {
        self.servers = servers
        self.sentinels = sentinels
        self.options = options
    }

    /// Starts all five, hands them to the test when the sentinels know each other and both servers, and removes them.
    public static func with<Result>(
        _ options: Options = Options(), _ body: (SentinelTrio) async throws -> Result
    ) async throws -> Result {
        var started: [RedisServer] = []
        defer { for server in started { server.remove() } }
        started.append(try await .start(dataOptions(options, replicaOf: nil)))
        let master = options.tls == nil ? started[0].port : started[0].tlsPort ?? 0
        started.append(try await .start(dataOptions(options, replicaOf: master)))
        for _ in 0..<3 { started.append(try await .start(sentinelOptions(options, master: master))) }
        let trio = SentinelTrio(Array(started[..<2]), Array(started[2...]), options)
        try await LabWait.blocking { try trio.waitUntilWatching() }
        return try await body(trio)
    }

    /// One sentinel alone, which says that a server is the master, whatever it is.
    public static func withOneSentinel<Result>(
        watching server: RedisServer, _ body: (RedisServer) async throws -> Result
    ) async throws -> Result {
        // Nobody can make it believe anything else: that takes two.
        try await RedisServer.with(sentinelOptions(Options(), master: server.port), body)
    }

    private static func dataOptions(_ options: Options, replicaOf master: Int?) -> RedisServer.Options {
        var server = RedisServer.Options()
        server.password = options.password
        server.masterPassword = options.password
        server.tls = options.tls
        server.replicaOf = master
        if options.tls != nil { server.lines = ["tls-replication yes"] }
        return server
    }

    private static func sentinelOptions(_ options: Options, master: Int) -> RedisServer.Options {
        var sentinel = RedisServer.Options()
        sentinel.isSentinel = true
        sentinel.password = options.sentinelPassword
        sentinel.tls = options.tls
        sentinel.lines = [
            "sentinel monitor \(name) 127.0.0.1 \(master) \(votes)",
            "sentinel down-after-milliseconds \(name) \(downAfter)",
            "sentinel failover-timeout \(name) 3000",
        ]
        if let password = options.password { sentinel.lines.append("sentinel auth-pass \(name) \(password)") }
        if let password = options.sentinelPassword { sentinel.lines.append("sentinel sentinel-pass \(password)") }
        if options.tls != nil { sentinel.lines.append("tls-replication yes") }
        return sentinel
    }

    private func waitUntilWatching() throws {
        // As they are, they learn of each other in seconds.
        try setPeriods(100)
        try waitForReplica()
        for sentinel in sentinels {
            try LabWait.until("a sentinel that knows the others") {
                try sentinel.command("SENTINEL", "CKQUORUM", Self.name).text?.hasPrefix("OK 3 ") == true
                    && fact("num-slaves", of: sentinel) == "1" ? true : nil
            }
        }
        // A new master that some have not heard of yet they take for a replica gone astray after four of these, and a
        // replica of which they have not heard for three does not become a master.
        try setPeriods(1000)
    }

    private func setPeriods(_ milliseconds: Int) throws {
        for sentinel in sentinels {
            let reply = try sentinel.command(
                "SENTINEL", "DEBUG", "INFO-PERIOD", "\(milliseconds)", "PUBLISH-PERIOD", "\(milliseconds)")
            guard reply == .text("OK") else { throw LabError("a sentinel says: \(reply)") }
        }
    }

    /// Blocks until the master's replica has all its data.
    public func waitForReplica() throws {
        try LabWait.until("a replica that follows") {
            // Sentinels end the connections of a server whose role they change, ours too.
            servers.contains {
                $0.isRunning && (try? $0.info("role")) == "slave" && (try? $0.info("master_link_status")) == "up"
            } ? true : nil
        }
    }

    private func fact(_ name: String, of sentinel: RedisServer) throws -> String? {
        let words = try sentinel.command("SENTINEL", "MASTER", Self.name).array?.map { $0.text ?? "" } ?? []
        guard let index = words.firstIndex(of: name), index + 1 < words.count else { return nil }
        return words[index + 1]
    }
}

extension SentinelTrio {
    /// Where clients find the sentinels.
    public var sentinelPorts: [Int] { sentinels.map(clientPort) }

    /// Where clients find a server.
    public func clientPort(_ server: RedisServer) -> Int { options.tls == nil ? server.port : server.tlsPort ?? 0 }

    /// The server that all running sentinels say is the master; nil while they do not agree. Blocks.
    public func master() throws -> RedisServer? {
        let ports = try sentinels.filter(\.isRunning).map { sentinel in
            try sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.name).array?.last?.text.flatMap(Int.init)
        }
        guard let first = ports.first, ports.allSatisfy({ $0 == first }) else { return nil }
        return servers.first { clientPort($0) == first }
    }

    /// The port of the master for clients. Blocks until the sentinels agree on one.
    public func masterPort() throws -> Int {
        clientPort(try LabWait.until("sentinels that agree") { try master() })
    }

    /// Makes the replica the master, with both running, and waits until all sentinels say so.
    public func failover() async throws {
        try await LabWait.blocking { [self] in
            let old = try LabWait.until("sentinels that agree") { try master() }
            // Refused while the last one is not over.
            try LabWait.until("a failover") {
                try sentinels[0].command("SENTINEL", "FAILOVER", Self.name) == .text("OK") ? true : nil
            }
            try waitForMaster(otherThan: old)
        }
    }

    /// Kills the master and does not wait.
    /// - Returns: the killed server.
    @discardableResult
    public func killMaster() async throws -> RedisServer {
        let old = try await LabWait.blocking { [self] in try LabWait.until("sentinels that agree") { try master() } }
        try await old.kill()
        return old
    }

    /// Waits until all sentinels agree on another master than `old`, and it says so itself.
    public func newMaster(after old: RedisServer) async throws -> RedisServer {
        try await LabWait.blocking { [self] in try waitForMaster(otherThan: old) }
    }

    @discardableResult
    private func waitForMaster(otherThan old: RedisServer) throws -> RedisServer {
        do {
            return try LabWait.until("another master") {
                guard let master = try master(), master !== old, (try? master.info("role")) == "master" else {
                    return nil
                }
                return master
            }
        } catch {
            throw LabError("\(error)\n" + sentinels.map(\.log).joined(separator: "\n"))
        }
    }
}
