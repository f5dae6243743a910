internal import NIOCore
internal import NIOPosix

/// A wire between a client and a server on this machine that can be cut, held, garbled and silenced while it is used.
///
/// What a function does has happened when it returns.
public final class FaultProxy: Sendable {
    public enum Direction: CaseIterable, Sendable { case toServer, toClient }

    public enum Cut: Sendable {
        /// As a lost process: RST.
        case reset
        /// As a process that ends: FIN.
        case end
    }

    /// Where clients connect to.
    public let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let state: NIOLoopBoundBox<FaultProxyState>

    private init(to server: Int, port: Int) {
        self.port = port
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        state = .makeBoxSendingValue(FaultProxyState(server: server, loop: loop), eventLoop: loop)
    }

    /// Listens, hands the proxy to the test, and ends all its connections, also when the test throws.
    /// - Parameter server: a port of this machine.
    public static func with<Result>(
        to server: Int, _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let proxy = try await start(to: server)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(proxy)) } catch { result = .failure(error) }
        try await proxy.group.shutdownGracefully()
        return try result.get()
    }

    private static func start(to server: Int) async throws -> FaultProxy {
        var fault: any Error = LabError("not started")
        // Another process may have been quicker to take the port.
        for _ in 0..<5 {
            let proxy = FaultProxy(to: server, port: try LabPort.free())
            do {
                try await proxy.accept()
                return proxy
            } catch {
                fault = error
                try await proxy.group.shutdownGracefully()
            }
        }
        throw fault
    }

    // MARK: What happens to the wire

    /// Ends every fault: what was held goes on its way, and new connections are taken.
    public func pass() async throws {
        try await onLoop { state in state.set(.none, Direction.allCases) }
        try await accept()
    }

    /// Takes all bytes and forwards none, of all connections, also of those to come.
    public func hold(_ directions: Direction...) async throws { try await hold(directions) }

    public func hold() async throws { try await hold(Direction.allCases) }

    private func hold(_ directions: [Direction]) async throws { try await onLoop { $0.set(.hold, directions) } }

    /// Spoils replies, of all connections, also of those to come: the same way for the same seed and chunks.
    public func garble(seed: UInt64) async throws { try await onLoop { $0.set(.garble(seed: seed), [.toClient]) } }

    /// Forwards one byte at a time.
    public func chop(_ directions: Direction...) async throws {
        try await onLoop { $0.set(.chop, directions.isEmpty ? Direction.allCases : directions) }
    }

    /// Holds the connections that there are, for good, but no new ones.
    public func silence() async throws { try await onLoop { $0.silence() } }

    /// Ends every connection there is.
    public func cut(_ cut: Cut = .reset) async throws {
        try await onLoop { state in EventLoopFuture.andAllComplete(state.cut(cut), on: state.loop) }.get()
    }

    /// New connections are refused until ``accept()`` or ``pass()``.
    public func refuse() async throws {
        try await onLoop { state in
            defer { state.listener = nil }
            return state.listener?.close() ?? state.loop.makeSucceededVoidFuture()
        }.get()
        // A process that is being started holds the listener too, until it has closed what it was born with.
        try await LabWait.blocking { [port] in
            _ = try LabWait.until("a port that refuses") { (try? RESPSocket(port: port)) == nil ? true : nil }
        }
    }

    public func accept() async throws {
        try await state.eventLoop.flatSubmit { [state, group, port] () -> EventLoopFuture<Void> in
            guard state.value.listener == nil else { return state.eventLoop.makeSucceededVoidFuture() }
            return ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { client in client.eventLoop.submit { state.value.accept(client) } }
                .bind(host: "127.0.0.1", port: port)
                .assumeIsolated().map { state.value.listener = $0 }.nonisolated()
        }.get()
    }

    // MARK: What has happened to it

    /// How many connections there were since the start.
    public var connections: Int { get async throws { try await onLoop { $0.accepted } } }

    /// How many there are now.
    public var openConnections: Int { get async throws { try await onLoop { $0.links.count } } }

    /// Waits until so many connections have been made since the start.
    public func waitForConnections(_ count: Int) async throws {
        try await wait("\(count) connections") { $0.accepted >= count }
    }

    /// Waits until so many bytes have come that are not forwarded.
    public func waitUntilHeld(_ direction: Direction, bytes: Int = 1) async throws {
        try await wait("\(bytes) bytes held") { state in
            state.links.values.reduce(0) { $0 + ($1.pipes[direction]?.heldBytes ?? 0) } >= bytes
        }
    }

    private func wait(_ what: String, until fact: @escaping @Sendable (FaultProxyState) -> Bool) async throws {
        try await onLoop { $0.wait(what, until: fact) }.get()
    }

    private func onLoop<Result: Sendable>(
        _ work: @escaping @Sendable (FaultProxyState) -> Result
    ) async throws -> Result {
        try await state.eventLoop.submit { [state] in work(state.value) }.get()
    }
}
