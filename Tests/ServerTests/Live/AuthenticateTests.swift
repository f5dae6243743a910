import Foundation
import NIOCore
import Testing

@testable import ParlorServer

@Suite struct `Saying who one is` {
    private static func authenticate(_ token: String, as type: String = "authenticate") -> String {
        #"{"type":"\#(type)","id":"a","data":{"token":"\#(token)"}}"#
    }

    private static func refresh(_ token: String) -> String { authenticate(token, as: "refresh_token") }

    @Test func `a bad token is answered, and then the connection ends`() async throws {
        try await withTokens { server in
            let guest = try await server.guest()
            let answer = try await guest.ask(Self.authenticate("a.b.c"), "authenticate_result")
            #expect(answer.code == "unauthorized" && answer["error"]?["reason"] == "malformed" && answer["id"] == "a")
            #expect(try await guest.client.closeCode() == 4002)
        }
    }

    @Test func `whoever sits already is somebody already`() async throws {
        try await withTokens { server in
            let guest = try await server.host("dice")
            let answer = try await guest.ask(Self.authenticate(try Tokens.of("ann")), "authenticate_result")
            #expect(answer.code == "forbidden")
            let (back, _) = try await server.comeBack(guest.clientId, to: guest.room)
            #expect(
                try await back.ask(Self.authenticate(try Tokens.of("ann")), "authenticate_result").code == "forbidden")
        }
    }

    @Test func `one connection is one user`() async throws {
        try await withTokens { server in
            let guest = try await server.user("ann")
            #expect(
                try await guest.ask(Self.authenticate(try Tokens.of("bob")), "authenticate_result").code == "forbidden")
            let again = try await guest.ask(Self.authenticate(try Tokens.of("ann")), "authenticate_result")
            #expect(again["success"] == true && again.data["userId"] == "ann")
            #expect(
                try await guest.ask(Self.refresh(try Tokens.of("bob")), "refresh_token_result").code == "forbidden")
            #expect(try await guest.ask(Self.refresh("x"), "refresh_token_result").code == "unauthorized")
            #expect(
                try await guest.ask(Self.refresh(try Tokens.of("ann")), "refresh_token_result").data["userId"] == "ann")
            let anonymous = try await server.guest()
            #expect(
                try await anonymous.ask(Self.refresh(try Tokens.of("ann")), "refresh_token_result").code
                    == "unauthorized")
        }
    }

    @Test func `a token that ends is told of, and ends the connection`() async throws {
        try await withTokens { server in
            let guest = try await server.user("ann", ["exp": "\(Int(Date.now.timeIntervalSince1970) + 3)"])
            let warning = try await guest.expect("token_expiring")
            #expect((warning.data["expiresAt"]?.int ?? 0) % 1000 == 0)
            #expect(try await guest.client.closeCode(within: .seconds(60)) == 4002)
        }
    }

    @Test func `a new token in time takes over, and its own end is told`() async throws {
        try await withTokens { server in
            let now = Int(Date.now.timeIntervalSince1970)
            let guest = try await server.user("ann", ["exp": "\(now + 40)"])
            #expect(try await guest.expect("token_expiring").data["expiresAt"] == .int((now + 40) * 1000))
            let next = try Tokens.of("ann", ["exp": "\(now + 50)"])
            #expect(try await guest.ask(Self.refresh(next), "refresh_token_result")["success"] == true)
            #expect(try await guest.expect("token_expiring").data["expiresAt"] == .int((now + 50) * 1000))
        }
    }

    @Test func `a user has so many connections, and their ends are counted`() async throws {
        try await withTokens(flags: [.maxConnectionsPerUser: "2"]) { server in
            let first = try await server.user("ann")
            let second = try await server.guest()
            #expect(
                try await second.ask(Self.authenticate(try Tokens.of("ann")), "authenticate_result")["success"] == true)
            let third = try await TestClient.open(
                port: server.port, headers: Tokens.header(try Tokens.of("ann")))
            #expect(try await third.event() == .close(4006))
            let fourth = try await server.guest()
            try await fourth.send(Self.authenticate(try Tokens.of("ann")))
            #expect(try await fourth.client.closeCode() == 4006)
            _ = try await server.user("bob")
            #expect(try await server.get("/health").json["users"] == 2)
            try await first.client.close()
            try await second.client.close()
            try await server.eventually { try await server.get("/health").json["users"] == 1 }
            _ = try await server.user("ann")
        }
    }

    @Test(arguments: ["tictactoe", "pong", "dice", "owedrahn"])
    func `a game for users is for users`(gameType: String) async throws {
        try await withTokens(games: [gameType: #""anonymous":false"#]) { server in
            let guest = try await server.guest()
            let join = #"{"type":"join_room","id":1,"gameType":"\#(gameType)"}"#
            #expect(try await guest.ask(join, "join_room_result").code == "unauthorized")
            try await guest.send(Self.authenticate(try Tokens.of("ann")))
            #expect(try await guest.ask(join, "join_room_result")["success"] == true)
        }
    }

    @Test func `rooms are made by whom the operator lets make them`() async throws {
        let games = ["dice": #""create":"users""#, "pong": #""create":"server""#]
        try await withTokens(games: games, flags: [.adminToken: "sesame"]) { server in
            let (guest, user) = (try await server.guest(), try await server.user("ann"))
            let dice = #"{"type":"join_room","id":1,"gameType":"dice","data":{"create":true}}"#
            #expect(try await guest.ask(dice, "join_room_result").code == "unauthorized")
            #expect(try await user.ask(dice, "join_room_result")["success"] == true)
            let pong = #"{"type":"join_room","id":2,"gameType":"pong","data":{"create":true}}"#
            #expect(try await user.ask(pong, "join_room_result").code == "forbidden")

            func order(_ gameType: String, _ headers: [(String, String)]) async throws -> Int {
                try await server.http("POST", "/api/rooms", headers: headers, body: #"{"gameType":"\#(gameType)"}"#)
                    .status
            }
            #expect(try await order("dice", []) == 401)
            #expect(try await order("dice", Tokens.header("x")) == 401)
            #expect(try await order("dice", Tokens.header(try Tokens.of("ann"))) == 201)
            #expect(try await order("pong", Tokens.header(try Tokens.of("ann"))) == 403)
            #expect(try await order("pong", Tokens.header("sesame")) == 201)
        }
    }
}

extension TestServer {
    /// Asks again and again until it is so.
    func eventually(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 { if try await condition() { return } }
        throw Missing(description: "it never came to be")
    }
}
