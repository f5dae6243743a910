import SessionStore
import Testing

@testable import ParlorServer

@Suite struct `The seats of users` {
    private static func reconnect(_ clientId: String, _ room: String? = nil) -> String {
        let room = room.map { #","roomId":"\#($0)""# } ?? ""
        return #"{"type":"reconnect","id":"r"\#(room),"data":{"clientId":"\#(clientId)"}}"#
    }

    @Test func `a session of a user is no session to anybody else`() async throws {
        try await withTokens { server in
            var ann = try await server.user("ann")
            _ = try await ann.join(#""gameType":"dice""#)
            let nobody = "0123456789abcdefghijkl"
            for room in [ann.room, nil] {
                for other in [try await server.guest(), try await server.user("bob")] {
                    let refused = try await other.ask(Self.reconnect(ann.clientId, room), "reconnect_result")
                    let unknown = try await other.ask(Self.reconnect(nobody, room), "reconnect_result")
                    #expect(refused.code == "session_not_found" && refused == unknown)
                }
            }
            let back = try await server.user("ann").ask(Self.reconnect(ann.clientId, ann.room), "reconnect_result")
            #expect(back["success"] == true, "nothing of what the others tried has harmed it: \(back)")
            #expect(try await ann.client.closeCode() == 4001)
        }
    }

    @Test func `the room knows whose seat it is, when the session is lost`() async throws {
        let stores = Stores(rooms: MemoryRoomStore(), sessions: ForgetfulSessions())
        let flags: [Setting: String] = [.jwtSecret: TokenLab.secret]
        try await TestServer.run(ServerSetup(flags: flags, stores: stores)) { server in
            var ann = try await server.user("ann")
            _ = try await ann.join(#""gameType":"dice""#)
            try await ann.client.close()
            let bob = try await server.user("bob")
            #expect(
                try await bob.ask(Self.reconnect(ann.clientId, ann.room), "reconnect_result").code
                    == "session_not_found")
            let back = try await server.user("ann").ask(Self.reconnect(ann.clientId, ann.room), "reconnect_result")
            #expect(back["success"] == true)
        }
    }

    @Test func `an anonymous seat stays anonymous, whoever comes back to it`() async throws {
        try await withTokens(games: ["pong": #""anonymous":false"#]) { server in
            let guest = try await server.host("dice")
            let ann = try await server.user("ann")
            #expect(
                try await ann.ask(Self.reconnect(guest.clientId, guest.room), "reconnect_result")["success"] == true)
            let pong = try await ann.ask(#"{"type":"join_room","id":1,"gameType":"pong"}"#, "join_room_result")
            #expect(pong.code == "unauthorized", "it acts as the client that it has become")
            // Not hers: by name she finds no seat there.
            let other = try await server.user("ann")
            let join = #"{"type":"join_room","id":2,"roomId":"\#(guest.room)"}"#
            #expect(try await other.ask(join, "join_room_result").data["seat"] == 1)
            #expect(try await server.guest().ask(Self.reconnect(guest.clientId), "reconnect_result")["success"] == true)
        }
    }

    @Test func `a user who joins again takes the seat over`() async throws {
        try await withTokens { server in
            var ann = try await server.user("ann")
            _ = try await ann.join(#""gameType":"dice""#)
            var bob = try await server.user("bob")
            _ = try await bob.join(#""roomId":"\#(ann.room)""#)
            try await ann.skip(to: "game_state") { $0.data["phase"] == "playing" }
            try await ann.move(#"{"action":"roll"}"#, id: "1")
            try await ann.skip(to: "make_move_result")

            var again = try await server.user("ann")
            let (result, state) = try await again.join(#""roomId":"\#(ann.room)""#)
            #expect(result.data["seat"] == 0 && state.data["phase"] == "playing")
            #expect(try await ann.client.closeCode() == 4001)
            let seats = try #require(result.data["seats"]?.array)
            #expect(seats.count == 2 && seats.allSatisfy { $0["connected"] == true })

            let old = try await server.user("ann").ask(Self.reconnect(ann.clientId, ann.room), "reconnect_result")
            #expect(old.code == "session_not_found", "the old session opens nothing")
            // The new client's ids are its own.
            let turn = state.data["view"]?["turn"]?.int
            let player = turn == 0 ? again : bob
            try await player.move(#"{"action":"hold"}"#, id: "1")
            let answer = try await player.skip(to: "make_move_result")
            #expect(answer.data["repeated"] == nil && answer.code != "id_reused")

            try await again.client.close()
            let (back, came) = try await server.comeBackAs("ann", again.clientId, to: ann.room)
            #expect(came["success"] == true && came.data["seat"] == 0)
            _ = back
        }
    }

    @Test(arguments: ["dice", "pong"])
    func `a seat that was taken over is the newer client's after a restart too`(gameType: String) async throws {
        let folder = try ScratchFolder()
        var (old, new) = ("", "")
        var room = ""
        try await withTokens(flags: [.data: folder.path]) { server in
            var ann = try await server.user("ann")
            _ = try await ann.join(#""gameType":"\#(gameType)""#)
            var again = try await server.user("ann")
            _ = try await again.join(#""roomId":"\#(ann.room)""#)
            (old, new, room) = (ann.clientId, again.clientId, ann.room)
        }
        try await withTokens(flags: [.data: folder.path]) { server in
            let before = try await server.user("ann").ask(Self.reconnect(old, room), "reconnect_result")
            #expect(before.code == "session_not_found", "\(before)")
            let after = try await server.user("ann").ask(Self.reconnect(new, room), "reconnect_result")
            #expect(after["success"] == true, "\(after)")
        }
    }

    @Test func `a held seat is taken over too, and its grace ends`() async throws {
        try await withTokens { server in
            var ann = try await server.user("ann")
            _ = try await ann.join(#""gameType":"dice""#)
            let bob = try await server.guest(in: ann.room)
            try await ann.skip(to: "game_state") { $0.data["phase"] == "playing" }
            try await ann.client.close()
            try await bob.skip(to: "player_disconnected")
            var again = try await server.user("ann")
            #expect(try await again.join(#""roomId":"\#(ann.room)""#).result.data["seat"] == 0)
            try await bob.skip(to: "player_reconnected")
        }
    }

    @Test func `a quick join never leads users to themselves`() async throws {
        try await withTokens { server in
            var rooms: Set<String> = []
            for _ in 0..<3 {
                var ann = try await server.user("ann")
                _ = try await ann.join(#""gameType":"tictactoe""#)
                rooms.insert(ann.room)
            }
            #expect(rooms.count == 3)
            var bob = try await server.user("bob")
            _ = try await bob.join(#""gameType":"tictactoe""#)
            #expect(rooms.contains(bob.room))
        }
    }

    @Test func `nothing that is stored names a user`() async throws {
        let folder = try ScratchFolder()
        let name = "a-name-nobody-else-has"
        try await withTokens(flags: [.data: folder.path, .adminToken: "sesame"]) { server in
            var ann = try await server.user(name)
            _ = try await ann.join(#""gameType":"dice""#)
            let sent = try await server.http("POST", "/api/users/\(name)/disconnect", headers: Tokens.header("sesame"))
            #expect(sent.status == 200)
        }
        let key = try #require(UserID(untrusted: name)?.key.rawValue)
        let contents = try folder.contents()
        #expect(contents.contains(key), "or this would look at the wrong files")
        #expect(!contents.contains(name))
    }
}

/// Sessions that are gone as soon as they are stored.
private struct ForgetfulSessions: SessionStore {
    func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? { nil }
    func save(_ session: Session) async throws(StoreError) {}
    func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) {}
    func removeExpired(now: Int64) async throws(StoreError) {}
}

extension TestServer {
    fileprivate func comeBackAs(_ user: String, _ clientId: String, to room: String) async throws -> (Guest, JSON) {
        let guest = try await self.user(user)
        let result = try await guest.ask(
            #"{"type":"reconnect","roomId":"\#(room)","data":{"clientId":"\#(clientId)"}}"#, "reconnect_result")
        return (guest, result)
    }
}
