import Foundation
import Synchronization
import Testing

@testable import ParlorServer

@Suite(.serialized) struct `Backups on the command line` {
    /// A player at a table, and the version of the last move that was answered.
    private struct Table {
        let players: [Guest]
        var version = 0
    }

    @Test func `a backup of a busy server comes back with every move that was answered before it`() async throws {
        let folder = try ScratchFolder()
        let (data, backup, restored) = (folder.path + "/data", folder.path + "/backup", folder.path + "/restored")
        var tables: [Table] = []
        try await TestServer.run(ServerSetup(flags: [.data: data])) { server in
            for _ in 0..<12 {
                let (first, second) = try await server.pair("dice", #""options":{"target":1000}"#)
                tables.append(Table(players: [first, second]))
            }
            for index in tables.indices { tables[index].version = try await Self.roll(at: tables[index], 5) }
            let busy = try await Self.roll(at: tables) {
                let made = try await ParlorExecutable.run("backup", backup, "--data", data)
                #expect(made.status == 0, "\(made.complaint)")
                #expect(made.output.hasPrefix("\(backup): 12 rooms, 0 ended ones, 24 sessions, "), "\(made.output)")
                let refused = try await ParlorExecutable.run("restore", backup, "--data", data, "--replace")
                #expect(refused.status == 1 && refused.complaint.contains("another server is using it"))
            }
            #expect(busy > 5, "the server was not busy")
        }
        let done = try await ParlorExecutable.run("restore", backup, "--data", restored)
        #expect(done.status == 0, "\(done.complaint)")
        #expect(done.output.contains("raised the epoch and the term of every room"))
        let again = try await ParlorExecutable.run("restore", backup, "--data", restored)
        #expect(again.status == 1 && again.complaint.contains("is there already"))

        try await TestServer.run(ServerSetup(flags: [.data: restored])) { server in
            for table in tables {
                for player in table.players {
                    let (guest, result) = try await server.comeBack(player.clientId, to: player.room)
                    try #require(result["success"] == true, "\(result)")
                    let state = try await guest.skip(to: "game_state")
                    #expect(state["epoch"] == 2)
                    #expect((state["version"]?.int ?? 0) >= table.version)
                }
            }
        }
        // What came back is what was played.
        for table in tables {
            let replay = try await ParlorExecutable.run("replay", "--data", restored, table.players[0].room)
            #expect(replay.status == 0, "\(replay.complaint)")
        }
    }

    /// Keeps all tables rolling while something else is done, and says how many rolls were answered meanwhile.
    private static func roll(at tables: [Table], during work: () async throws -> Void) async throws -> Int {
        let end = End()
        return try await withThrowingTaskGroup { group in
            for table in tables {
                group.addTask {
                    var rolls = 0
                    while !end.isReached {
                        _ = try await roll(at: table, 1)
                        rolls += 1
                    }
                    return rolls
                }
            }
            defer { end.reach() }
            try await work()
            end.reach()
            return try await group.reduce(0, +)
        }
    }

    /// - Returns: the version after so many rolls, each answered, whoever's turn it is.
    private static func roll(at table: Table, _ count: Int) async throws -> Int {
        var version = 0
        var rolls = 0
        while rolls < count {
            for player in table.players {
                try await player.move(#"{"action":"roll"}"#, id: "roll-\(UInt64.random(in: 0 ... .max))")
                let result = try await player.skip(to: "make_move_result")
                guard result["success"] == true else { continue }
                version = result.data["version"]?.int ?? 0
                rolls += 1
            }
        }
        return version
    }
}

/// Tells tasks that they have done enough.
private final class End: Sendable {
    private let state = Mutex(false)

    var isReached: Bool { state.withLock { $0 } }
    func reach() { state.withLock { $0 = true } }
}
