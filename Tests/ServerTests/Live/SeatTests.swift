import Testing

@testable import ParlorServer

@Suite(.serialized) struct `Coming, coming back and going` {
    @Test func `Who comes back with the last seq gets what was missed, then the state`() async throws {
        try await withServer { server in
            let (first, second) = try await server.pair("tictactoe")
            try await first.client.close()
            let away = try await second.expect("player_disconnected")
            #expect(away.data["graceSeconds"]?.int ?? 0 > 0)
            let (back, result) = try await server.comeBack(
                first.clientId, to: first.room, #""lastSeq":3,"lastEpoch":1"#)
            #expect(result.data["recovered"] == true)
            #expect(result.data["clientId"]?.string == first.clientId)
            #expect(result.data["seat"] == 0)
            let missed = try await back.client.collect(through: "game_state")
            #expect(missed.map(\.type) == ["player_disconnected", "player_reconnected", "game_state"])
            #expect(missed.last?["seq"] == result["seq"])
            try await second.skip(to: "player_reconnected")
            try await back.move(#"{"row":0,"col":0}"#)
            try await second.skip(to: "game_state") { $0.data["view"]?["board"]?[0]?[0] == "X" }
        }
    }

    @Test(arguments: [("", JSON.null), (#""lastSeq":999"#, .null), (#""lastSeq":0,"lastEpoch":7"#, .null)])
    func `Who cannot say where they were gets the state alone`(_ data: String, _ missed: JSON) async throws {
        try await withServer { server in
            let (first, _) = try await server.pair("tictactoe")
            try await first.client.close()
            let (back, result) = try await server.comeBack(first.clientId, to: first.room, data)
            #expect(result.data["recovered"] == false)
            #expect(result.data["missed"] == missed)
            try await back.expect("game_state")
        }
    }

    @Test func `What is kept no more is counted`() async throws {
        try await withServer(games: ["tictactoe": #""history":1"#]) { server in
            let (first, _) = try await server.pair("tictactoe")
            try await first.client.close()
            let (_, result) = try await server.comeBack(first.clientId, to: first.room, #""lastSeq":0"#)
            #expect(result.data["recovered"] == false)
            #expect(result.data["missed"]?.int == result["seq"]?.int)
        }
    }

    @Test func `Strangers who join at once sit down in pairs`() async throws {
        try await withServer { server in
            var rooms: [String: Int] = [:]
            for _ in 0..<6 {
                var guest = try await server.guest()
                _ = try await guest.join(#""gameType":"tictactoe""#)
                rooms[guest.room, default: 0] += 1
            }
            #expect(rooms.values.allSatisfy { $0 == 2 })
            #expect(rooms.count == 3)
        }
    }

    @Test func `The own waiting place comes first`() async throws {
        try await withServer { server in
            let stranger = try await server.host("dice")
            var guest = try await server.host("dice")
            let own = guest.room
            let (again, _) = try await guest.join(#""gameType":"dice""#)
            #expect(again["roomId"]?.string == own)
            #expect(stranger.room != own)
        }
    }

    @Test func `From watching to playing and back, the playerId stays`() async throws {
        try await withServer { server in
            let host = try await server.host("dice", #""options":{"seats":3}"#)
            var other = try await server.guest()
            let room = #""roomId":"\#(host.room)""#
            let (watching, _) = try await other.join(room, #""as":"spectator","name":"Eve""#)
            #expect(watching.data["role"] == "spectator")
            let (playing, _) = try await other.join(room)
            #expect(playing.data["role"] == "player")
            #expect(playing.data["playerId"] == watching.data["playerId"])
            let joined = try await host.skip(to: "player_joined")
            #expect(joined.data["name"] == "Eve")
            let (standing, _) = try await other.join(room, #""as":"spectator""#)
            #expect(standing.data["playerId"] == watching.data["playerId"])
            #expect(standing.data["seat"] == nil)
            #expect(try await host.skip(to: "player_left").data["reason"] == "left")
        }
    }

    @Test func `Who stays away for longer than the grace has lost`() async throws {
        try await withServer(games: ["tictactoe": #""graceSeconds":1"#]) { server in
            let (first, second) = try await server.pair("tictactoe")
            try await second.client.close()
            let told = try await first.client.collect(through: "game_ended")
            #expect(
                told.compactMap(\.type).filter { $0 != "game_state" }
                    == ["player_disconnected", "player_left", "game_ended"])
            #expect(told.first { $0.type == "player_left" }?.data["reason"] == "expired")
            #expect(told.last?.data["outcome"]?["by"] == "forfeit")
        }
    }

    @Test func `Who does not move in time has lost`() async throws {
        try await withServer(games: ["tictactoe": #""turnSeconds":1"#]) { server in
            let (first, second) = try await server.pair("tictactoe")
            let outcome: JSON = ["kind": "won", "winners": [1], "by": "forfeit"]
            for player in [first, second] {
                #expect(try await player.skip(to: "game_ended").data["outcome"] == outcome)
            }
        }
    }

    @Test func `The host is who has sat longest`() async throws {
        try await withServer { server in
            let first = try await server.host("dice", #""options":{"seats":3}"#)
            let second = try await server.guest(in: first.room)
            #expect(try await second.ask(#"{"type":"lock"}"#, "lock_result").code == "forbidden")
            try await first.ask(#"{"type":"leave_room"}"#, "leave_room_result")
            #expect(try await second.ask(#"{"type":"lock"}"#, "lock_result")["success"] == true)
            #expect(try await second.ask(#"{"type":"unlock"}"#, "unlock_result")["success"] == true)
            _ = try await server.guest(in: first.room)
        }
    }

    @Test(arguments: [
        (#"  Ada  "#, "Ada"), (#"e\u0301"#, "\u{e9}"), (#"\t\nBob\r"#, "Bob"), (#"张伟"#, "张伟"),
        (String(repeating: "n", count: 32), String(repeating: "n", count: 32)),
    ]) func `A name is trimmed and composed`(_ given: String, _ shown: String) async throws {
        try await withServer { server in
            var guest = try await server.guest()
            let (result, _) = try await guest.join(#""gameType":"dice""#, #""name":"\#(given)""#)
            let name = try #require(result.data["seats"]?[0]?["name"]?.string)
            #expect(Array(name.unicodeScalars) == Array(shown.unicodeScalars))
        }
    }

    @Test func `What is said reaches all, and who comes later when they ask`() async throws {
        try await withServer { server in
            let host = try await server.host("dice")
            try await host.send(#"{"type":"chat","id":1,"data":{"text":"  one\ntwo  "}}"#)
            let line = try await host.expect("chat")
            #expect(line.data["text"] == "one\ntwo")
            #expect(line["seq"] == nil)
            try await host.expect("chat_result")
            var late = try await server.guest()
            let (result, _) = try await late.join(#""roomId":"\#(host.room)""#, #""history":50"#)
            #expect(result.data["chat"] == [line.data])
            #expect(
                result.data["events"]?.array?.compactMap(\.type) == ["player_joined", "player_joined", "game_started"])
        }
    }

    @Test func `The lobby tells what comes, changes and goes`() async throws {
        try await withServer { server in
            let watcher = try await server.guest()
            try await watcher.ask(#"{"type":"watch_lobby","gameType":"dice"}"#, "watch_lobby_result")
            #expect(try await watcher.expect("room_list").data["total"] == 0)
            let host = try await server.host("dice")
            let added = try await watcher.skip(to: "room_list_update") { $0.data["added"]?.array?.isEmpty == false }
            #expect(added.data["added"]?[0]?["roomId"]?.string == host.room)
            _ = try await server.guest(in: host.room)
            try await watcher.skip(to: "room_list_update") { $0.data["changed"]?[0]?["phase"] == "playing" }
            try await watcher.ask(#"{"type":"unwatch_lobby","id":1}"#, "unwatch_lobby_result")
        }
    }

    @Test func `A rematch begins when all want it, in the same room`() async throws {
        try await withServer(games: ["tictactoe": #""turnSeconds":1"#]) { server in
            let (first, second) = try await server.pair("tictactoe")
            try await first.skip(to: "game_state") { $0.data["phase"] == "finished" }
            let one = try await first.ask(#"{"type":"rematch"}"#, "rematch_result")
            #expect(one.data == ["votes": 1, "needed": 2])
            let two = try await second.ask(#"{"type":"rematch"}"#, "rematch_result")
            #expect(two.data == ["votes": 2, "needed": 2])
            let state = try await first.skip(to: "game_state") { $0.data["phase"] == "playing" }
            // Who lost begins.
            #expect(state.data["view"]?["x"] == 0)
        }
    }

    @Test func `A bot plays a whole game`() async throws {
        try await withServer { server in
            let host = try await server.host("tictactoe")
            let added = try await host.ask(#"{"type":"add_bot","data":{"level":1}}"#, "add_bot_result")
            #expect(added.data["seat"] == 1)
            for square in 0..<9 { try await host.play(square: square) }
        }
    }
}

extension Guest {
    /// Takes a square if it is free and the game goes on, and waits for the bot.
    fileprivate func play(square: Int) async throws {
        let state = try await ask(#"{"type":"resync"}"#, "game_state")
        let wanted =
            try await state.data["phase"] == "finished" || state.data["view"]?["turn"] == 0
            ? state : skip(to: "game_state") { $0.data["phase"] == "finished" || $0.data["view"]?["turn"] == 0 }
        let (row, column) = (square / 3, square % 3)
        guard wanted.data["phase"] == "playing", wanted.data["view"]?["board"]?[row]?[column] == "" else { return }
        try await move(#"{"row":\#(row),"col":\#(column)}"#, id: "s\(square)")
        let told = try await client.collect(through: "make_move_result")
        #expect(told.last?["success"] == true)
        if told.contains(where: { $0.data["phase"] == "finished" }) { return }
        try await skip(to: "game_state") { $0.data["phase"] == "finished" || $0.data["view"]?["turn"] == 0 }
    }
}

@Suite struct `A server that stops and starts again` {
    @Test func `Brings back seats, board, answers and private rooms`() async throws {
        let folder = try ScratchFolder()
        let flags: [Setting: String] = [.data: folder.path + "/data"]
        var (first, second, hidden): (Guest?, Guest?, Guest?)
        try await withServer(flags: flags) { server in
            let pair = try await server.pair("tictactoe")
            try await pair.0.move(#"{"row":1,"col":1}"#, id: "m1")
            try await pair.0.skip(to: "make_move_result")
            (first, second) = pair
            hidden = try await server.host("dice", #""visibility":"private""#)
        }
        let (one, two, three) = (try #require(first), try #require(second), try #require(hidden))
        try await withServer(flags: flags) { server in
            let (back, result) = try await server.comeBack(one.clientId, to: one.room)
            #expect(result.data["seat"] == 0)
            #expect(try await back.expect("game_state").data["view"]?["board"]?[1]?[1] == "X")
            try await back.move(#"{"row":1,"col":1}"#, id: "m1")
            #expect(try await back.skip(to: "make_move_result").data["repeated"] == true)
            let (other, seated) = try await server.comeBack(two.clientId, to: two.room)
            #expect(seated.data["seat"] == 1)
            try await other.move(#"{"row":0,"col":0}"#)
            try await back.skip(to: "game_state") { $0.data["view"]?["board"]?[0]?[0] == "O" }
            let (_, secret) = try await server.comeBack(three.clientId, to: three.room)
            #expect(secret.data["gameType"] == "dice")
        }
    }
}
