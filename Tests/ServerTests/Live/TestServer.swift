import Dice
import Logging
import OweDrahn
import Pong
import RoomEngine
import Testing
import TicTacToe

@testable import ParlorServer

/// What a server of a test is told before it starts.
struct ServerSetup {
    /// More members of a game's entry in `games.json`.
    var games: [String: String] = [:]
    var flags: [Setting: String] = [:]
    /// nil: the ones that the flags name.
    var stores: Stores?

    func configuration(gamesFile: String) throws -> Configuration {
        let defaults: [Setting: String] = [
            .port: "0", .data: ":memory:", .games: gamesFile, .threads: "2", .drainSeconds: "0",
        ]
        let values = SettingValues(flags: defaults.merging(flags) { _, said in said }, environment: [:])
        return try Configuration(
            values,
            offering: [GameEntry(Pong.self), GameEntry(TicTacToe.self), GameEntry(Dice.self), GameEntry(OweDrahn.self)])
    }

    var gamesText: String {
        let entries = ["pong", "tictactoe", "dice", "owedrahn"].map { type in
            #"{"type":"\#(type)"\#(games[type].map { ",\($0)" } ?? "")}"#
        }
        return #"{"games":[\#(entries.joined(separator: ","))]}"#
    }
}

/// A server that listens on a port of its own for as long as a test takes.
struct TestServer {
    private(set) var port: Int
    let node: Node
    private let stopping: AsyncStream<Void>.Continuation

    /// The same server at another of its addresses.
    func at(port: Int) -> TestServer {
        var other = self
        other.port = port
        return other
    }

    /// Tells the server to stop; it does so while the test goes on.
    func stop() { stopping.finish() }

    /// Starts a server, hands it to the test, and stops it in good order.
    static func run(_ setup: ServerSetup = ServerSetup(), _ test: (TestServer) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        let configuration = try setup.configuration(gamesFile: try folder.file("games.json", setup.gamesText))
        let server = try await Server(
            configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            stores: setup.stores)
        let (stop, stopping) = AsyncStream.makeStream(of: Void.self)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup { group in
            group.addTask {
                defer { listening.finish() }
                do {
                    try await server.run {
                        listening.yield($0)
                    } until: {
                        for await _ in stop {}
                    }
                } catch  where !(error is CancellationError) {
                    // The test fails of it, and would not say why.
                    Issue.record("the server ended: \(error)")
                    throw error
                }
            }
            defer { stopping.finish() }
            if let port = await ports.first(where: { _ in true }) {
                try await test(TestServer(port: port, node: server.node, stopping: stopping))
            } else {
                Issue.record("the server does not listen")
            }
            stopping.finish()
            try await group.waitForAll()
        }
    }
}

/// Starts a server with extra `games.json` members and flags.
func withServer(
    games: [String: String] = [:], flags: [Setting: String] = [:], _ test: (TestServer) async throws -> Void
) async throws {
    try await TestServer.run(ServerSetup(games: games, flags: flags), test)
}
