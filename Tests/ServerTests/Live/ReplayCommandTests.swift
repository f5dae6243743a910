import Foundation
import RoomEngine
import SessionStore
import Testing

@testable import ParlorServer

/// What an operator does with the data of a server that played whole games: through the executable.
@Suite(.serialized) struct `Rooms and replays on the command line` {
    @Test func `every game that was played is listed, replays, and replays for strangers who learn nothing else`()
        async throws
    {
        let folder = try ScratchFolder()
        let data = folder.path + "/data"
        var games: [WholeGames.Game] = []
        try await TestServer.run(ServerSetup(flags: [.data: data])) { server in
            games = try await WholeGames(server: server).all()
            // While the server runs, too.
            let list = try await ParlorExecutable.run("rooms", "--data", data, "--json", "--states")
            #expect(list.status == 0, "\(list.complaint)")
            try expectListed(games, list.lines)
            for game in games {
                let running = try await ParlorExecutable.run("replay", "--data", data, game.room)
                #expect(running.status == 0, "\(game.type): \(running.complaint)")
            }
        }
        let before = try contents(of: data)
        let list = try await ParlorExecutable.run("rooms", "--data", data, "--json", "--states")
        try expectListed(games, list.lines)
        let table = try await ParlorExecutable.run("rooms", "--data", data)
        #expect(table.lines.count == 5 && table.lines[0].hasPrefix("ROOM "))

        for game in games {
            let replay = try await ParlorExecutable.run("replay", "--data", data, game.room, "--views")
            #expect(replay.status == 0, "\(game.type): \(replay.complaint) \(replay.lines.suffix(3))")
            #expect(replay.output.contains("0 Ann") && replay.output.contains("1 Bob"))
            #expect(replay.output.contains("moved {"))
            #expect(replay.output.contains("outcome: {") == (game.type != "pong"))
            #expect(replay.output.contains(" ticks") == (game.type == "pong"))
            #expect(replay.lines.last?.contains("hashes verified") == true)
            try await expectExport(of: game, data, folder)
        }
        #expect(try contents(of: data) == before, "looking left something behind")
    }

    private func expectExport(of game: WholeGames.Game, _ data: String, _ folder: ScratchFolder) async throws {
        let file = folder.path + "/\(game.type).replay"
        let refused = try await ParlorExecutable.run("replay", "--data", data, game.room, "--export", file)
        #expect(refused.status == 1 && refused.complaint.contains("still lives"))
        let export = try await ParlorExecutable.run("replay", "--data", data, game.room, "--living", "--export", file)
        #expect(export.status == 0, "\(export.complaint)")
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)

        let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        let secrets = try game.secrets + storedSecrets(of: game.room, data)
        #expect(secrets.count > 8 + 2)
        for secret in secrets { #expect(!text.contains(secret), "\(game.type) tells \(secret)") }
        #expect(text.contains("Ann") && !text.contains(#""state":"#))

        let whole = try await ParlorExecutable.run("replay", "--data", data, game.room, "--views")
        let again = try await ParlorExecutable.run("replay", "--file", file, "--views")
        #expect(again.status == 0, "\(again.complaint)")
        #expect(again.output == whole.output)
        let piped = try await ParlorExecutable.run("replay", "--file", "-", input: file)
        #expect(piped.lines.last == whole.lines.last)
        let printed = try await ParlorExecutable.run(
            "replay", "--data", data, game.room, "--living", "--export", "-")
        #expect(printed.output == text)
        let twice = try await ParlorExecutable.run("replay", "--data", data, game.room, "--living", "--export", file)
        #expect(twice.status == 1 && twice.complaint.contains("is there already"))
    }

    /// Everything in the archive that stands for somebody: holders, player ids, and the digests of move ids.
    private func storedSecrets(of room: String, _ data: String) throws -> [String] {
        let id = try #require(RoomID(rawValue: room))
        let recording = try #require(try SQLiteReader(folder: data).recording(of: id))
        var secrets: [String] = []
        try recording.forEachInput { input in
            let text = String(decoding: input, as: UTF8.self)
            for match in text.matches(of: /"(?:playerId|holder|user)":"([^"]+)"/) { secrets.append(String(match.1)) }
            for match in text.matches(of: /"id":([0-9]{6,})/) { secrets.append(String(match.1)) }
        }
        return secrets
    }

    private func expectListed(_ games: [WholeGames.Game], _ lines: [String]) throws {
        let rooms = try lines.map { try JSON($0) }
        #expect(Set(rooms.compactMap { $0["room"]?.string }) == Set(games.map(\.room)))
        for room in rooms {
            #expect(room["status"] == "lives" && room["private"] == false && room["epoch"] == 1)
            #expect((room["version"]?.int ?? 0) > 2)
            #expect(room["players"] == ["Ann", "Bob"])
            #expect(room["seats"] == (room["game"] == "owedrahn" ? 8 : 2))
        }
        #expect(rooms.first { $0["game"] == "tictactoe" }?["phase"] == "finished")
    }

    /// The names and sizes of what lies in a folder, and what is in it.
    private func contents(of folder: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) })
    }

    @Test func `a room that has ended is listed as such, and is exported without more ado`() async throws {
        let folder = try ScratchFolder()
        let data = folder.path + "/data"
        var played: WholeGames.Game?
        try await TestServer.run(ServerSetup(flags: [.data: data])) { server in
            played = try await WholeGames(server: server).pong()
        }
        let room = try #require(played.flatMap { RoomID(rawValue: $0.room) })
        // As the server ends it when nobody comes back.
        let database = try SQLiteDatabase(folder: data)
        let store = SQLiteRoomStore(database)
        let stored = try #require(
            try await withCheckedThrowingContinuation { continuation in
                store.claim(room) { continuation.resume(with: $0) }
            })
        let end = RoomCommit(
            room: room, term: stored.term, epoch: stored.epoch, version: stored.version,
            change: .removed(archivedUntil: 1_700_000_000_000))
        let refused = try await withCheckedThrowingContinuation { continuation in
            store.append([end]) { continuation.resume(with: $0) }
        }
        #expect(refused.isEmpty)
        await database.close()

        let list = try await ParlorExecutable.run("rooms", "--data", data)
        #expect(list.lines.count == 2 && list.lines[1].contains("ended  "))
        #expect(list.lines[1].hasSuffix("2023-11-14T22:13:20Z"))
        let file = folder.path + "/pong"
        let export = try await ParlorExecutable.run("replay", room.rawValue, "--data", data, "--export", file)
        #expect(export.status == 0, "\(export.complaint)")
        let replay = try await ParlorExecutable.run("replay", "--file", file)
        #expect(replay.status == 0 && replay.lines.last == export.complaint.trimmed)
    }

    // MARK: What is wrong

    @Test func `a folder or a room that is not there is named, and not made`() async throws {
        let folder = try ScratchFolder()
        let data = folder.path + "/nothing"
        for command in [["rooms"], ["replay", "abcdefgh"], ["backup", folder.path + "/b"]] {
            let result = try await ParlorExecutable.run(command + ["--data", data])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.complaint == "parlor: \(data)/parlor.sqlite: there is no database\n")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func `an archive that was changed is told from one that was not`() async throws {
        let folder = try ScratchFolder()
        let data = folder.path + "/data"
        let file = folder.path + "/game"
        try await TestServer.run(ServerSetup(flags: [.data: data])) { server in
            let room = try await WholeGames(server: server).ticTacToe().room
            _ = try await ParlorExecutable.run("replay", "--data", data, room, "--living", "--export", file)
        }
        let lines = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self).split(separator: "\n")
        let changes: [(String, (inout [Substring]) -> Void, String)] = [
            (
                "a move", { $0[5] = Substring($0[5].replacing(#""col":"#, with: #""col":1"#)) },
                "the room does not take it"
            ),
            ("a step left out", { $0.remove(at: 3) }, "the room does not take it"),
            ("a name", { $0[1] = Substring($0[1].replacing("Ann", with: "Eve")) }, "another state"),
            ("the rules", { $0[0] = Substring($0[0].replacing(#""rules":1"#, with: #""rules":7"#)) }, "version 7"),
            ("the game", { $0[0] = Substring($0[0].replacing("tictactoe", with: "chess")) }, "chess"),
            ("the seed", { $0[0] = Substring($0[0].replacing(/"hash":"../, with: #""hash":"0"#)) }, "does not begin"),
            ("a hash", { $0[0] = Substring($0[0].replacing(#""hash":""#, with: #""hash":"x"#)) }, "is no replay"),
            ("the format", { $0[0] = Substring($0[0].replacing("replay-1", with: "replay-2")) }, "another version"),
            (
                "time", { $0[2] = Substring($0[2].replacing(#""at":["#, with: #""at":[9223372036854775807"#)) },
                "no entry of this game"
            ),
        ]
        for (what, change, complaint) in changes {
            var changed = lines
            change(&changed)
            #expect(changed != lines, "\(what)")
            let other = try folder.file("changed", changed.joined(separator: "\n"))
            let result = try await ParlorExecutable.run("replay", "--file", other)
            #expect(result.status == 1, "\(what): \(result.output)")
            #expect(
                result.complaint.hasPrefix("parlor: ") && result.complaint.contains(complaint), "\(result.complaint)")
        }
        // Without its hashes it plays, but nothing vouches for it.
        let bare = lines.map { $0.replacing(/,"hash":"[0-9a-f]+"/, with: "") }.joined(separator: "\n")
        let result = try await ParlorExecutable.run("replay", "--file", try folder.file("bare", bare))
        #expect(result.status == 2)
        #expect(result.lines.last?.contains("0 hashes verified") == true)
    }

    @Test(arguments: [
        "", "\n", "{}", "null", "[[[", #"{"format":"parlor-replay-1"}"#,
        #"{"format":"parlor-replay-1","game":"dice","rules":1}"#,
        #"{"format":"parlor-replay-1","game":"dice","rules":1,"new":{}}"#,
        #"{"format":"parlor-replay-1","game":"dice","rules":-1,"new":{}}"#,
        #"{"format":"parlor-replay-1","game":"dice","rules":1,"state":{}}"#,
        #"{"format":"parlor-replay-1","game":"dice","rules":1,"new":{"rules":{"grace":[9223372036854775807,0],"historyLimit":-1,"historyAge":[0,0]},"options":{"seats":2,"target":20},"seed":"1-2-3"}}"#,
        #"{"format":"parlor-replay-1","game":"dice","rules":1,"new":{"rules":{"grace":[0,0],"historyLimit":1,"historyAge":[0,0]},"options":{"seats":9223372036854775807,"target":20},"seed":"1-2-3"}}"#,
        String(repeating: "[", count: 100_000), String(repeating: "x", count: 600_000),
    ])
    func `a stranger's file that is no replay is refused`(_ text: String) async throws {
        let folder = try ScratchFolder()
        let result = try await ParlorExecutable.run("replay", "--file", try folder.file("it", text))
        #expect(result.status == 1, "\(result)")
        #expect(result.complaint.hasPrefix("parlor: "))
    }

    @Test func `names that would move the cursor are written out`() {
        #expect(PlainText.line("a\u{1b}[2Jb\u{202e}c\nd\u{85}") == "a\\u{1b}[2Jb\\u{202e}c\\u{a}d\\u{85}")
        #expect(PlainText.line("Jörg 🎲 東京") == "Jörg 🎲 東京")
    }
}
