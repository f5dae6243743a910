internal import Foundation
internal import Synchronization

/// A real Redis server on a loopback port of its own, with a folder of its own.
///
/// It is the program that `PARLOR_TEST_REDIS_SERVER` names, else `redis-server` of the `PATH`. Nothing of it outlives
/// ``with(_:_:)``, nor (on Linux) the process of the tests.
public final class RedisServer: Sendable {
    static var program: String { ProcessInfo.processInfo.environment["PARLOR_TEST_REDIS_SERVER"] ?? "redis-server" }

    /// Some builds do not: tests with certificates ask before they start.
    public static let speaksTLS: Bool = {
        // Refused either way, and at once: as a bad value, or as a setting that it does not know.
        guard let complaint = try? LabProcess(program, ["--tls-port", "none"]).reap().complaint else { return false }
        return !complaint.contains("Bad directive")
    }()

    public let options: Options
    public let port: Int
    /// With `options.tls` alone.
    public let tlsPort: Int?
    public var host: String { "127.0.0.1" }
    private let folder: LabFolder
    /// nil: it is down.
    private let process = Mutex<LabProcess?>(nil)

    private init(_ options: Options) throws {
        self.options = options
        port = try LabPort.free()
        tlsPort = options.tls == nil ? nil : try LabPort.free()
        folder = try LabFolder()
    }

    /// Starts a server, hands it to the test, and removes all of it, also when the test throws.
    public static func with<Result>(
        _ options: Options = Options(), _ body: (RedisServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(options)
        defer { server.remove() }
        return try await body(server)
    }

    static func start(_ options: Options) async throws -> RedisServer {
        try await LabWait.blocking {
            var fault: any Error = LabError("not started")
            // Another process may have been quicker to take the port.
            for _ in 0..<5 {
                let server = try RedisServer(options)
                do {
                    try server.begin()
                    return server
                } catch {
                    server.remove()
                    fault = error
                }
            }
            throw fault
        }
    }

    func remove() {
        end(SIGKILL)
        folder.remove()
    }

    public var isRunning: Bool { process.withLock { $0 != nil } }

    /// What it has written into its log.
    public var log: String { folder.text(of: "redis.log") }

    /// Ends it without a word, as a lost machine would.
    public func kill() async throws { try await LabWait.blocking { [self] in end(SIGKILL) } }

    /// Ends it in good order: what it had acknowledged is in its files.
    public func stop() async throws { try await LabWait.blocking { [self] in end(SIGTERM) } }

    /// Ends it, unless it is down, and starts it on the same port and folder.
    /// - Parameter keepingData: false: as if it had never had any.
    public func restart(keepingData: Bool = true) async throws {
        try await LabWait.blocking { [self] in
            end(SIGKILL)
            if !keepingData { folder.remove(folder.names.filter { !Options.files.contains($0) }) }
            try begin()
        }
    }

    /// Freezes it: it keeps its connections, takes new ones, and answers nothing.
    public func pause() async throws {
        try await LabWait.blocking { [self] in signal(SIGSTOP) { $0.waitUntil(stopped: true) } }
    }

    public func resume() async throws {
        try await LabWait.blocking { [self] in signal(SIGCONT) { $0.waitUntil(stopped: false) } }
    }

    /// Does a command on a connection of its own, with all rights. Blocks.
    /// - Throws: ``LabError`` when there is no connection or no answer in time; error replies are returned.
    @discardableResult
    public func command(_ words: String...) throws -> RESPSocket.Reply { try command(words) }

    @discardableResult
    public func command(_ words: [String], within limit: Duration = LabWait.limit) throws -> RESPSocket.Reply {
        try connect(within: limit).command(words)
    }

    /// A connection with all rights.
    public func connect(within limit: Duration = LabWait.limit) throws -> RESPSocket {
        let socket = try RESPSocket(port: port, limit: limit)
        if let words = options.authentication, case .error(let error) = try socket.command(words) {
            throw LabError(error)
        }
        return socket
    }

    /// The value of a field of `INFO`.
    public func info(_ field: String) throws -> String? { Self.field(field, of: try command("INFO").text ?? "") }

    static func field(_ field: String, of text: String) -> String? {
        text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(field + ":") }.map {
            String($0.dropFirst(field.count + 1))
        }
    }
}

extension RedisServer {
    /// Blocks until it answers.
    private func begin() throws {
        // Redis itself rewrites this file, as when its role changes: what it wrote must stay.
        if !folder.names.contains(Options.configurationFile) {
            try folder.file(Options.usersFile, options.usersText)
            try folder.file(Options.configurationFile, options.text(port: port, tlsPort: tlsPort, folder: folder.path))
        }
        let process = try LabProcess(
            Self.program, [folder.path + "/" + Options.configurationFile] + (options.isSentinel ? ["--sentinel"] : []))
        self.process.withLock { $0 = process }
        try LabWait.until("an answer of the server on \(port)") {
            guard !process.hasEnded() else {
                self.process.withLock { $0 = nil }
                let (code, complaint) = process.reap()
                throw LabError("the server ended with \(code): \(complaint)\(log)")
            }
            // Nobody listens yet, or it still reads its data.
            return (try? command(["PING"], within: .seconds(1))) == .text("PONG") ? true : nil
        }
        if options.isCluster { try joinCluster() }
    }

    private func joinCluster() throws {
        if try command("CLUSTER", "INFO").text?.contains("cluster_slots_assigned:16384") != true {
            try command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        }
        try LabWait.until("a cluster that works") {
            try command("CLUSTER", "INFO").text?.contains("cluster_state:ok") == true ? true : nil
        }
    }

    private func end(_ signal: Int32) {
        let ended = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let ended else { return }
        // One that is frozen hears nothing but SIGKILL.
        if signal != SIGKILL { ended.send(SIGCONT) }
        ended.send(signal)
        ended.reap()
    }

    private func signal(_ signal: Int32, then wait: (LabProcess) -> Void) {
        guard let process = process.withLock(\.self) else { return }
        process.send(signal)
        wait(process)
    }
}
