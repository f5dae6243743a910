import Testing

extension RefusedRequest {
    static let inRooms: [Self] = [
        .atOnce("not_in_room", "a move", #"{"type":"make_move","data":{}}"#, "make_move_result"),
        .atOnce("not_in_room", "to leave", #"{"type":"leave_room"}"#, "leave_room_result"),
        .atOnce("not_in_room", "to talk", #"{"type":"chat","data":{"text":"hi"}}"#, "chat_result"),
        .atOnce("not_in_room", "a state", #"{"type":"resync"}"#, "error"),
        .atOnce("not_in_room", "no id at all", #"{"type":"rematch","roomId":"?"}"#, "rematch_result"),
        .joining("room_not_found", "a room that is left by all and forgotten", named: "dice") { server in
            Guest(client: try await server.guest().client, clientId: "", room: "gone")
        },
        .byHost(
            "wrong_game", of: "dice", "a move of another game",
            #"{"type":"make_move","gameType":"pong","data":{"dir":1}}"#, "make_move_result"),
        Self(code: "bad_message", title: "in two rooms, none is named") { server in
            var guest = try await server.host("dice")
            _ = try await guest.join(#""gameType":"pong""#)
            return (guest, try await guest.ask(#"{"type":"rematch"}"#, "rematch_result"))
        },
        spectator("make_move", #","data":{"row":0,"col":0}"#), spectator("ready"), spectator("rematch"),
        spectator("add_bot"), spectator("remove_bot"), spectator("kick", #","data":{"seat":0}"#), spectator("lock"),
        spectator("unlock"),
        .byHost("not_started", of: "dice", "a rematch", #"{"type":"rematch"}"#, "rematch_result"),
        .byHost(
            "no_bot", of: "dice", "bots are switched off", #"{"type":"add_bot"}"#, "add_bot_result",
            games: ["dice": #""bots":false"#]),
        .byHost("no_bot", of: "dice", "none to remove", #"{"type":"remove_bot"}"#, "remove_bot_result"),
        .byHost(
            "seat_taken", of: "dice", "a bot on a person's seat", #"{"type":"add_bot","data":{"seat":0}}"#,
            "add_bot_result"),
        Self(code: "game_running", title: "a bot while they play") { server in
            let (first, _) = try await server.pair("dice")
            return (first, try await first.ask(#"{"type":"add_bot"}"#, "add_bot_result"))
        },
        Self(code: "game_running", title: "a rematch while they play") { server in
            let (first, _) = try await server.pair("dice")
            return (first, try await first.ask(#"{"type":"rematch"}"#, "rematch_result"))
        },
        Self(code: "game_over", title: "a bot after the end") { server in
            let (first, second) = try await server.pair("dice", #""options":{"seats":2}"#)
            try await second.ask(#"{"type":"leave_room"}"#, "leave_room_result")
            try await first.skip(to: "game_ended")
            return (first, try await first.ask(#"{"type":"add_bot"}"#, "add_bot_result"))
        },
        Self(code: "not_a_player", title: "to kick an empty seat") { server in
            let host = try await server.host("dice", #""options":{"seats":3}"#)
            return (host, try await host.ask(#"{"type":"kick","data":{"seat":2}}"#, "kick_result"))
        },
    ]

    /// Somebody who watches asks for what only players may.
    private static func spectator(_ type: String, _ data: String = "") -> Self {
        Self(code: "not_a_player", title: "\(type) of a spectator") { server in
            let host = try await server.host("tictactoe")
            let watcher = try await server.guest(in: host.room, #""as":"spectator""#)
            return (watcher, try await watcher.ask(#"{"type":"\#(type)"\#(data)}"#, "\(type)_result"))
        }
    }
}

extension RefusedRequest {
    static let moves: [Self] = [
        .byHost(
            "not_started", of: "tictactoe", "alone at the board",
            #"{"type":"make_move","data":{"row":0,"col":0}}"#, "make_move_result"),
        move("not_your_turn", of: "tictactoe", by: 1, #"{"row":0,"col":0}"#),
        move("bad_move", of: "tictactoe", by: 0, "{}"),
        move("bad_move", of: "tictactoe", by: 0, #"{"row":"0","col":0}"#),
        move("bad_move", of: "tictactoe", by: 0, #"{"row":99999999999999999999,"col":0}"#),
        move("out_of_board", of: "tictactoe", by: 0, #"{"row":3,"col":0}"#),
        move("out_of_board", of: "tictactoe", by: 0, #"{"row":9223372036854775807,"col":-9223372036854775808}"#),
        move("bad_move", of: "dice", by: 0, #"{"action":"cheat"}"#),
        move("nothing_to_hold", of: "dice", by: 0, #"{"action":"hold"}"#),
        move("not_your_turn", of: "dice", by: 1, #"{"action":"roll"}"#),
        move("out_of_range", of: "pong", by: 0, #"{"dir":2}"#),
        move("out_of_range", of: "pong", by: 1, #"{"dy":21}"#),
        move("bad_move", of: "pong", by: 1, #"{"dy":0.5}"#),
        Self(code: "move_refused", title: "square_taken") { server in
            let (first, second) = try await server.pair("tictactoe")
            try await first.move(#"{"row":1,"col":1}"#)
            try await second.skip(to: "game_state")
            try await second.move(#"{"row":1,"col":1}"#)
            return (second, try reason("square_taken", try await second.skip(to: "make_move_result")))
        },
        Self(code: "id_reused", title: "another move under the same id") { server in
            let (first, second) = try await server.pair("tictactoe")
            try await first.move(#"{"row":1,"col":1}"#, id: "m")
            try await second.skip(to: "game_state")
            try await first.skip(to: "make_move_result")
            try await first.move(#"{"row":0,"col":1}"#, id: "m")
            return (first, try await first.skip(to: "make_move_result"))
        },
        Self(code: "game_over", title: "after the end") { server in
            let (first, second) = try await server.pair("tictactoe")
            try await second.ask(#"{"type":"leave_room"}"#, "leave_room_result")
            try await first.skip(to: "game_ended")
            try await first.move(#"{"row":0,"col":0}"#)
            return (first, try await first.skip(to: "make_move_result"))
        },
        Self(code: "paused", title: "the other one is away") { server in
            let (first, second) = try await server.pair("pong")
            try await second.client.close()
            try await first.skip(to: "game_state") { $0.data["phase"] == "paused" }
            try await first.move(#"{"dir":1}"#)
            return (first, try await first.skip(to: "make_move_result"))
        },
    ]

    private static func move(_ why: String, of gameType: String, by seat: Int, _ move: String) -> Self {
        Self(code: "move_refused", title: "\(why) in \(gameType): \(move)") { server in
            let (first, second) = try await server.pair(gameType)
            let player = seat == 0 ? first : second
            try await player.move(move)
            return (player, try reason(why, try await player.skip(to: "make_move_result")))
        }
    }

    private static func reason(_ why: String, _ answer: JSON) throws -> JSON {
        try #require(answer["error"]?["reason"]?.string == why, "\(answer)")
        return answer
    }
}
