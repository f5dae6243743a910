import Testing

@testable import ParlorServer

@Suite(.serialized) struct `Order and versions` {
    @Test func `Of one commit come the events, then the state, then the answer`() async throws {
        try await withServer { server in
            let (first, second) = try await server.pair("dice", #""options":{"target":1000}"#)
            try await first.move(#"{"action":"roll"}"#, id: "1")
            let messages = try await first.client.collect(through: "make_move_result")
            let types = messages.compactMap(\.type)
            #expect(types.dropLast(2).allSatisfy { $0 == "game_event" } && types.count >= 3)
            #expect(types.suffix(2) == ["game_state", "make_move_result"])
            let (state, result) = (messages[messages.count - 2], messages[messages.count - 1])
            #expect(state["version"] == result.data["version"])
            #expect(state["seq"] == messages[messages.count - 3]["seq"])
            #expect(result["id"] == "1")
            #expect(result.data["repeated"] == nil)
            // The other one gets the same, without the answer.
            #expect(try await second.client.collect(through: "game_state") == Array(messages.dropLast()))
        }
    }

    @Test func `Events are numbered without gaps through a whole game`() async throws {
        try await withServer { server in
            let (first, second) = try await server.pair("dice", #""options":{"target":30}"#)
            let watcher = try await server.guest(in: first.room, #""as":"spectator","history":50"#)
            for _ in 0..<4 {
                try await first.move(#"{"action":"roll"}"#)
                try await second.move(#"{"action":"roll"}"#)
            }
            try await first.ask(#"{"type":"leave_room"}"#, "leave_room_result")
            let messages = try await watcher.client.collect(through: "game_state") { $0.data["phase"] == "finished" }
            let numbers = messages.filter { $0.type != "game_state" }.compactMap { $0["seq"]?.int }
            #expect(numbers == Array((numbers.first ?? 0)..<(numbers.first ?? 0) + numbers.count))
            let versions = messages.compactMap { $0["version"]?.int }
            #expect(versions == versions.sorted())
            #expect(Set(messages.compactMap { $0["epoch"]?.int }) == [1])
        }
    }

    @Test func `The answer to a join, then the state, with the same place in history`() async throws {
        try await withServer { server in
            var host = try await server.guest()
            let (result, state) = try await host.join(#""id":"j","gameType":"dice""#, #""name":"Ada","create":true"#)
            #expect(result["id"] == "j")
            for key in ["epoch", "seq", "version", "roomId"] { #expect(result[key] == state[key]) }
            #expect(result["seq"] == 1)
            #expect(result.data["role"] == "player")
            #expect(result.data["seat"] == 0)
            #expect(result.data["phase"] == "waiting")
            #expect(result.data["seats"]?.array?.count == 1)
            #expect(result.data["seats"]?[0]?["name"] == "Ada")
            #expect(result.data["url"]?.string == "/play/dice#room=\(host.room)")
            #expect(state.data == ["phase": "waiting"])
            try await host.client.expectQuiet()
        }
    }

    @Test func `A move sent again gets the first answer`() async throws {
        try await withServer { server in
            let (first, second) = try await server.pair("tictactoe")
            try await first.move(#"{"row":0,"col":0}"#, id: "a")
            let once = try await first.skip(to: "make_move_result")
            try await second.skip(to: "game_state")
            try await second.move(#"{"row":1,"col":1}"#)
            try await first.skip(to: "game_state")
            try await first.move(#"{"col":0,"row":0}"#, id: "a")
            let again = try await first.expect("make_move_result")
            #expect(again["success"] == true)
            #expect(again.data["repeated"] == true)
            #expect(again.data["version"] == once.data["version"])
        }
    }

    @Test func `A join sent again under its id is the same join`() async throws {
        try await withServer { server in
            var guest = try await server.guest()
            let (one, _) = try await guest.join(#""id":5,"gameType":"dice""#, #""create":true"#)
            let (two, _) = try await guest.join(#""id":5,"gameType":"dice""#, #""create":true"#)
            #expect(one["roomId"] == two["roomId"])
            #expect(one.data["playerId"] == two.data["playerId"])
        }
    }

    @Test(arguments: [false, true])
    func `A client need not wait for answers, even with all of it in one packet`(isOnePacket: Bool) async throws {
        try await withServer { server in
            let host = try await server.host("tictactoe")
            let client = try await TestClient.open(port: server.port)
            let moves = (0..<20).map { #"{"type":"make_move","id":\#($0),"data":{"row":0,"col":\#($0)}}"# }
            let requests =
                [#"{"type":"join_room","roomId":"\#(host.room)"}"#] + moves
                + [#"{"type":"chat","data":{"text":"first"}}"#, #"{"type":"leave_room","id":"bye"}"#]
            if isOnePacket {
                try await client.send(together: requests)
            } else {
                for request in requests { try await client.send(request) }
            }
            let messages = try await client.collect(through: "leave_room_result")
            #expect(messages.map(\.type).prefix(3) == ["welcome", "join_room_result", "game_state"])
            let answers = messages.filter { $0.type == "make_move_result" }
            #expect(answers.compactMap { $0["id"]?.int } == Array(0..<20))
            #expect(answers.allSatisfy { $0["error"]?["reason"] == "not_your_turn" })
            #expect(messages.last?["success"] == true)
            try await client.expectQuiet()
        }
    }

    @Test func `Who leaves hears no more of the room; the others hear it in order`() async throws {
        try await withServer { server in
            let (first, second) = try await server.pair("tictactoe")
            try await first.send(#"{"type":"leave_room","id":1}"#)
            try await first.skip(to: "leave_room_result")
            try await first.client.expectQuiet()
            let told = try await second.client.collect(through: "game_state")
            #expect(told.map(\.type) == ["player_left", "game_ended", "game_state"])
            #expect(told[0].data["reason"] == "left")
            let outcome: JSON = ["kind": "won", "winners": [1], "by": "forfeit"]
            #expect(told[1].data["outcome"] == outcome)
            #expect(told[2].data["outcome"] == outcome)
        }
    }

    @Test func `Patches are always of the version sent last, and make the whole view`() async throws {
        try await withServer { server in
            let host = try await server.host("dice", #""options":{"target":1000},"sync":"patch""#)
            let second = try await server.guest(in: host.room)
            var (view, version) = (JSON.null, 0)
            for _ in 0..<6 {
                let wanted = try await second.ask(#"{"type":"resync"}"#, "game_state")
                while version < wanted["version"]?.int ?? 0 {
                    let message = try await host.next()
                    if message.type == "game_state" { view = message.data["view"] ?? .null }
                    if message.type == "game_patch" {
                        #expect(message["base"]?.int == version)
                        view = view.merged(with: message.data["patch"] ?? [:])
                    }
                    if ["game_state", "game_patch"].contains(message.type) { version = message["version"]?.int ?? 0 }
                }
                #expect(view == wanted.data["view"])
                version = wanted["version"]?.int ?? 0
                let player = wanted.data["view"]?["turn"] == 0 ? host : second
                try await player.move(#"{"action":"roll"}"#, id: "\(version)")
                try await second.skip(to: "game_state") { $0["version"]?.int ?? 0 > version }
            }
            // Asked for, a whole one comes.
            try await host.ask(#"{"type":"resync"}"#, "game_state")
        }
    }
}
