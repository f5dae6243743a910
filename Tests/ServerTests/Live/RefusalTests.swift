import Testing

/// One way to be refused: everything that must happen first, and then the request whose answer is looked at.
struct RefusedRequest: Sendable, CustomTestStringConvertible {
    let code: String
    let title: String
    var games: [String: String] = [:]
    /// - Returns: who was refused, and the answer.
    let provoke: @Sendable (TestServer) async throws -> (Guest, JSON)

    var testDescription: String { "\(code): \(title)" }

    /// A guest who is in no room sends one message.
    static func atOnce(
        _ code: String, _ title: String, _ message: String, _ type: String, games: [String: String] = [:]
    ) -> Self {
        Self(code: code, title: title, games: games) { server in
            let guest = try await server.guest()
            return (guest, try await guest.ask(message, type))
        }
    }

    /// The host of a new room sends one message.
    static func byHost(
        _ code: String, of gameType: String, _ title: String, _ message: String, _ type: String,
        games: [String: String] = [:]
    ) -> Self {
        Self(code: code, title: title, games: games) { server in
            let host = try await server.host(gameType)
            return (host, try await host.ask(message, type))
        }
    }

    /// Somebody joins a room that is there.
    static func joining(
        _ code: String, _ title: String, _ data: String = "", named gameType: String? = nil,
        _ room: @escaping @Sendable (TestServer) async throws -> Guest
    ) -> Self {
        Self(code: code, title: title) { server in
            let host = try await room(server)
            let guest = try await server.guest()
            let named = gameType.map { #","gameType":"\#($0)""# } ?? ""
            let answer = try await guest.ask(
                #"{"type":"join_room","roomId":"\#(host.room)"\#(named),"data":{\#(data)}}"#, "join_room_result")
            return (guest, answer)
        }
    }
}

extension RefusedRequest {
    static let identity: [Self] = [
        .atOnce(
            "unauthorized", "a token, where none is taken", #"{"type":"authenticate","data":{"token":"x"}}"#,
            "authenticate_result"),
        .atOnce(
            "unauthorized", "a fresh token", #"{"type":"refresh_token","data":{"token":"x"}}"#, "refresh_token_result"),
        .atOnce(
            "unauthorized", "a game that is not for everybody", #"{"type":"join_room","gameType":"dice"}"#,
            "join_room_result", games: ["dice": #""anonymous":false"#]),
        .byHost(
            "forbidden", of: "dice", "to become another after a join",
            #"{"type":"reconnect","data":{"clientId":"AAAAAAAAAAAAAAAAAAAAAA"}}"#, "reconnect_result"),
        .byHost(
            "forbidden", of: "dice", "the host kicks the host", #"{"type":"kick","data":{"seat":0}}"#, "kick_result"),
        .byHost("forbidden", of: "dice", "ready, where full is what starts", #"{"type":"ready"}"#, "ready_result"),
        .atOnce(
            "forbidden", "a room of a game whose rooms the server makes",
            #"{"type":"join_room","gameType":"dice","data":{"create":true}}"#, "join_room_result",
            games: ["dice": #""create":"server""#]),
        .joining("forbidden", "a locked room") { server in
            let host = try await server.host("dice")
            try await host.ask(#"{"type":"lock"}"#, "lock_result")
            return host
        },
        Self(code: "forbidden", title: "a kick by another") { server in
            let (_, other) = try await server.pair("dice")
            return (other, try await other.ask(#"{"type":"kick","data":{"seat":0}}"#, "kick_result"))
        },
        Self(code: "forbidden", title: "a lock by another") { server in
            let (_, other) = try await server.pair("dice")
            return (other, try await other.ask(#"{"type":"lock"}"#, "lock_result"))
        },
        .atOnce(
            "session_not_found", "an id that nobody has",
            #"{"type":"reconnect","data":{"clientId":"AAAAAAAAAAAAAAAAAAAAAA"}}"#, "reconnect_result"),
        .atOnce(
            "session_not_found", "an id that nobody can have", #"{"type":"reconnect","data":{"clientId":"me"}}"#,
            "reconnect_result"),
        .atOnce(
            "session_not_found", "a room that is not there",
            #"{"type":"reconnect","roomId":"nowhere","data":{"clientId":"AAAAAAAAAAAAAAAAAAAAAA"}}"#, "reconnect_result"
        ),
        Self(code: "session_expired", title: "a seat left for too long", games: ["tictactoe": #""graceSeconds":1"#]) {
            server in
            let (gone, other) = try await server.pair("tictactoe")
            try await gone.client.close()
            try await other.skip(to: "player_left")
            return try await server.comeBack(gone.clientId, to: gone.room)
        },
    ]

    static let joining: [Self] = [
        .atOnce("unknown_game", "to join", #"{"type":"join_room","gameType":"chess"}"#, "join_room_result"),
        .atOnce("unknown_game", "to list", #"{"type":"get_room_list","gameType":"chess"}"#, "error"),
        .atOnce("unknown_game", "to watch", #"{"type":"watch_lobby","gameType":"chess"}"#, "watch_lobby_result"),
        .atOnce("bad_message", "neither game nor room", #"{"type":"join_room"}"#, "join_room_result"),
        .atOnce(
            "bad_options", "too many seats",
            #"{"type":"join_room","gameType":"dice","data":{"create":true,"options":{"seats":7}}}"#, "join_room_result"),
        .atOnce(
            "bad_options", "of the wrong kind",
            #"{"type":"join_room","gameType":"dice","data":{"options":{"target":"x"}}}"#, "join_room_result"),
        .atOnce(
            "bad_options", "for a game that has none by that name",
            #"{"type":"join_room","gameType":"owedrahn","data":{"create":true,"options":{"lives":99}}}"#,
            "join_room_result"),
        .atOnce(
            "room_not_found", "an id of nobody", #"{"type":"join_room","roomId":"abcdefghjkmn"}"#, "join_room_result"),
        .atOnce("room_not_found", "no id at all", #"{"type":"join_room","roomId":"no room!"}"#, "join_room_result"),
        .atOnce(
            "room_not_found", "nothing to watch", #"{"type":"join_room","gameType":"dice","data":{"as":"spectator"}}"#,
            "join_room_result"),
        .joining("room_full", "both seats taken") { server in try await server.pair("tictactoe").0 },
        .joining("game_running", "a seat is free, but they play") { server in
            let first = try await server.host("dice", #""options":{"seats":3}"#)
            _ = try await server.guest(in: first.room)
            let third = try await server.guest(in: first.room)
            try await third.ask(#"{"type":"leave_room"}"#, "leave_room_result")
            return first
        },
        .joining("seat_taken", "the first seat", #""seat":0"#) { server in try await server.host("dice") },
        .joining("seat_taken", "a seat that is not there", #""seat":5"#) { server in try await server.host("dice") },
        .joining("wrong_game", "a room of dice as pong", named: "pong") { server in try await server.host("dice") },
        .joining("room_not_found", "a private room as another game", named: "pong") { server in
            try await server.host("dice", #""visibility":"private""#)
        },
        Self(code: "too_many_rooms", title: "a fifth room") { server in
            var guest = try await server.guest()
            for _ in 0..<4 { _ = try await guest.join(#""gameType":"dice""#, #""create":true"#) }
            let join = #"{"type":"join_room","gameType":"dice","data":{"create":true}}"#
            return (guest, try await guest.ask(join, "join_room_result"))
        },
        Self(code: "id_reused", title: "another join under the same id") { server in
            let guest = try await server.guest()
            try await guest.ask(#"{"type":"join_room","id":1,"gameType":"dice"}"#, "join_room_result")
            try await guest.expect("game_state")
            return (guest, try await guest.ask(#"{"type":"join_room","id":1,"gameType":"pong"}"#, "join_room_result"))
        },
    ]
}

@Suite(.serialized) struct `Requests that are refused` {
    @Test(arguments: RefusedRequest.identity) func `By who asks`(_ refused: RefusedRequest) async throws {
        try await expectRefusal(refused)
    }

    @Test(arguments: RefusedRequest.joining) func `At the door`(_ refused: RefusedRequest) async throws {
        try await expectRefusal(refused)
    }

    @Test(arguments: RefusedRequest.inRooms) func `In a room`(_ refused: RefusedRequest) async throws {
        try await expectRefusal(refused)
    }

    @Test(arguments: RefusedRequest.moves) func `Of a move`(_ refused: RefusedRequest) async throws {
        try await expectRefusal(refused)
    }

    private func expectRefusal(_ refused: RefusedRequest) async throws {
        try await withServer(games: refused.games) { server in
            let (guest, answer) = try await refused.provoke(server)
            #expect(answer.code == refused.code, "\(answer)")
            #expect(answer["success"] == false)
            #expect(answer["error"]?["retryable"]?.bool == ["paused"].contains(refused.code))
            try await guest.ask(#"{"type":"ping"}"#, "pong")
        }
    }
}
