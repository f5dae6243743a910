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
        // The second is a companion's, and sleeps where there is none.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let report: Result<Report, any Error>
        do {
            report = .success(try await run(scenario, options, process, on: group, progress))
        } catch {
            report = .failure(error)
        }
        try await group.shutdownGracefully()
        return try report.get()
    }

    private static func run(
        _ scenario: any Scenario, _ options: LoadOptions, _ process: ServerProcess?,
        on group: MultiThreadedEventLoopGroup, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        let first = group.next()
        if scenario.goesFirst { try await first.submit { Priority.goFirst() }.get() }
        let run = try await RemoteRun(scenario, options, process: process, on: first, progress: progress)
        var runs = [run]
        var isReady = try await run.prepare()
        if isReady, let companion = try await run.companion() {
            let loop = group.next()
            try await loop.submit { Priority.giveWay() }.get()
            let other = try await RemoteRun(companion, options, process: nil, on: loop, progress: progress)
            runs.append(other)
            isReady = try await other.prepare()
        }
        if isReady {
            try await withThrowingTaskGroup { group in
                for run in runs { group.addTask { _ = try await run.begin() } }
                try await group.waitForAll()
            }
        }
        var outcome = try await run.close()
        for other in runs.dropFirst() { outcome.tally.add(try await other.close().tally) }
        return Report(outcome.scenario, outcome.tally, seconds: options.seconds, server: outcome.server)
    }
}
