import Testing

/// Whole games over the wire, each with what must not be found in an export of it.
struct WholeGames {
    struct Game {
        let type: String
        let room: String
        let secrets: [String]
    }

    let server: TestServer

    func all() async throws -> [Game] {
        [try await ticTacToe(), try await dice(), try await oweDrahn(), try await pong()]
    }

    /// Won on the first row, with somebody coming back in the middle.
    func ticTacToe() async throws -> Game {
        var (ann, bob) = try await pair("tictactoe")
        try await chat(ann)
        for (turn, square) in [(0, 0), (1, 0), (0, 1)].enumerated() {
            try await move(turn % 2 == 0 ? ann : bob, #"{"row":\#(square.0),"col":\#(square.1)}"#, turn)
        }
        try await bob.client.close()
        try await ann.skip(to: "player_disconnected")
        (bob, _) = try await server.comeBack(bob.clientId, to: bob.room)
        try await move(bob, #"{"row":1,"col":1}"#, 3)
        try await move(ann, #"{"row":0,"col":2}"#, 4)
        return try await game("tictactoe", ann, bob)
    }

    func dice() async throws -> Game {
        let (ann, bob) = try await pair("dice", #""options":{"target":20}"#)
        try await takeTurns(ann, bob) { view in
            (view["turnTotal"]?.int ?? 0) >= 10 ? #"{"action":"hold"}"# : #"{"action":"roll"}"#
        }
        return try await game("dice", ann, bob)
    }

    func oweDrahn() async throws -> Game {
        let ann = try await server.host("owedrahn", #""name":"Ann","options":{"lives":1}"#)
        let bob = try await server.guest(in: ann.room, #""name":"Bob""#)
        for player in [ann, bob] { try await player.ask(#"{"type":"ready","roomId":"\#(ann.room)"}"#, "ready_result") }
        try await takeTurns(ann, bob) { _ in #"{"action":"roll"}"# }
        return try await game("owedrahn", ann, bob)
    }

    /// Two serves, with both steering, and no end.
    func pong() async throws -> Game {
        let (ann, bob) = try await pair("pong")
        for turn in 0..<6 {
            try await move(turn % 2 == 0 ? ann : bob, #"{"dir":\#(turn % 3 - 1)}"#, turn)
            try await ann.skip(to: "game_state") { ($0.data["view"]?["tick"]?.int ?? 0) > turn * 25 }
        }
        return try await game("pong", ann, bob)
    }

    // MARK: Parts

    private func pair(_ type: String, _ data: String = "") async throws -> (Guest, Guest) {
        let more = data.isEmpty ? "" : ",\(data)"
        let ann = try await server.host(type, #""name":"Ann""# + more)
        let bob = try await server.guest(in: ann.room, #""name":"Bob""#)
        try await ann.skip(to: "game_state") { $0.data["phase"] == "playing" }
        return (ann, bob)
    }

    /// Plays on while it is anybody's turn.
    private func takeTurns(_ ann: Guest, _ bob: Guest, _ choose: (_ view: JSON) -> String) async throws {
        var version = 0
        for turn in 0... {
            try await ann.send(#"{"type":"resync","roomId":"\#(ann.room)"}"#)
            let state = try await ann.skip(to: "game_state") { ($0["version"]?.int ?? 0) >= version }
            guard let view = state.data["view"], let seat = view["turn"]?.int else { return }
            version = try await move(seat == 0 ? ann : bob, choose(view), turn)
        }
    }

    /// A move that is answered, and was taken.
    /// - Returns: the version it led to.
    @discardableResult
    private func move(_ player: Guest, _ move: String, _ turn: Int) async throws -> Int {
        try await player.move(move, id: "move-\(player.room)-\(turn)")
        let result = try await player.skip(to: "make_move_result")
        try #require(result["success"] == true, "\(result)")
        return result.data["version"]?.int ?? 0
    }

    private func chat(_ player: Guest) async throws {
        let text = "nobody else may read this"
        try await player.send(#"{"type":"chat","roomId":"\#(player.room)","data":{"text":"\#(text)"}}"#)
        try await player.skip(to: "chat")
    }

    private func game(_ type: String, _ players: Guest...) async throws -> Game {
        // Somebody new is told who sits there.
        var stranger = try await server.guest()
        let (result, _) = try await stranger.join(#""roomId":"\#(players[0].room)""#, #""as":"spectator""#)
        let people = (result.data["seats"]?.array ?? []).compactMap { $0["playerId"]?.string }
        try #require(people.count == 2)
        try await stranger.client.close()
        return Game(
            type: type, room: players[0].room,
            secrets: [players[0].room, "nobody else may read this"] + people + players.map(\.clientId))
    }
}
