internal import NIOCore
internal import NIOPosix

/// What can be asked of a server, with how much of it.
public enum LoadKind: Sendable {
    case echo(connections: Int, perSecond: Double)
    case moves(rooms: Int, perSecond: Double, checksDurability: Bool)
    case fanout(members: Int, perSecond: Double, burst: Int, bytes: Int)
    case rooms(rooms: Int, players: Int, perSecondOfPlayer: Double)
    case pong(rooms: Int, turnsPerSecond: Double, isIdleHanded: Bool)
    /// With a rate of 0 each join follows the one before.
    case joins(connections: Int, perSecond: Double, openRooms: Int)
    case idle(connections: Int, isSeated: Bool)
    case churn(connections: Int, perSecond: Double)
    case crowd(spectators: Int, perSecond: Double)

    func scenario() throws(LoadRefusal) -> any Scenario {
        switch self {
        case .echo(let connections, let perSecond):
            try EchoScenario(connections: connections, perSecond: perSecond)
        case .moves(let rooms, let perSecond, let checksDurability):
            try MovesScenario(rooms: rooms, perSecond: perSecond, checksDurability: checksDurability)
        case .fanout(let members, let perSecond, let burst, let bytes):
            try FanoutScenario(members: members, perSecond: perSecond, burst: burst, bytes: bytes)
        case .pong(let rooms, let turnsPerSecond, let isIdleHanded):
            try PongScenario(rooms: rooms, turnsPerSecond: turnsPerSecond, isIdleHanded: isIdleHanded)
        case .rooms(let rooms, let players, let perSecondOfPlayer):
            try RoomsScenario(rooms: rooms, players: players, perSecondOfPlayer: perSecondOfPlayer)
        case .joins(let connections, let perSecond, let openRooms):
            try JoinsScenario(connections: connections, perSecond: perSecond, openRooms: openRooms)
        case .idle(let connections, let isSeated):
            try IdleScenario(connections: connections, isSeated: isSeated)
        case .churn(let connections, let perSecond):
            try ChurnScenario(connections: connections, perSecond: perSecond)
        case .crowd(let spectators, let perSecond):
            try CrowdScenario(spectators: spectators, perSecond: perSecond)
        }
    }
}

/// Puts a load on a server that speaks the protocol, and holds it to what the protocol says.
///
/// It knows nothing of how the server is made, and shares no code with it.
public enum LoadGenerator {
    /// - Parameter progress: told a line each second.
    /// - Throws: ``LoadRefusal`` for a load that is not begun, ``LoadFailure`` when nobody answers.
    public static func run(
        _ kind: LoadKind, _ options: LoadOptions, progress: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        let scenario = try kind.scenario()
        try options.check(scenario)
        var process: ServerProcess?
        if let id = options.serverID { process = try ServerProcess(id: id) }
        OpenFiles.raiseLimit()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let report = await Result { try await run(scenario, options, process, on: group.next(), progress) }
        try await group.shutdownGracefully()
        return try report.get()
    }

    private static func run(
        _ scenario: any Scenario, _ options: LoadOptions, _ process: ServerProcess?, on loop: any EventLoop,
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        let dialer = try Dialer(
            options.target, isInsecure: options.isInsecure, loop: loop)
        let done = loop.makePromise(of: Report.self)
        loop.execute {
            LoadRun(scenario, options, process: process, dialer: dialer, done: done, progress: progress).start()
        }
        return try await done.futureResult.get()
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
