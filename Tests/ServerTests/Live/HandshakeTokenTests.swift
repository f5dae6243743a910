import Foundation
import NIOCore
import Testing

@testable import ParlorServer

@Suite struct `Tokens in the handshake` {
    private static let bad = ["", "x", "a.b.c"]

    @Test func `where one is required, programs are told so before the upgrade`() async throws {
        try await withTokens("required") { server in
            let missing = try await server.upgrade()
            #expect(missing.status == 401 && missing.headers["www-authenticate"] == "Bearer")
            #expect(missing.headers["content-type"] == "application/problem+json")
            #expect(missing.json["code"] == "unauthorized")
            for token in Self.bad + [try Tokens.of("ann", expiresIn: -60)] {
                let refused = try await server.upgrade(headers: Tokens.header(token))
                #expect(refused.status == 401, "\(token)")
                #expect(refused.headers["www-authenticate"] == #"Bearer error="invalid_token""#)
                #expect(!refused.body.contains(token) || token.isEmpty || token == "x")
            }
            let twice = Tokens.header(try Tokens.of("ann")) + Tokens.header(try Tokens.of("bob"))
            #expect(try await server.upgrade(headers: twice).status == 401)
            #expect(try await server.upgrade(headers: Tokens.header(try Tokens.of("ann"))).status == 101)
        }
    }

    @Test func `a header and a query are equally good`() async throws {
        try await withTokens("required", games: ["dice": #""anonymous":false"#]) { server in
            var first = try await server.user("ann")
            _ = try await first.join(#""gameType":"dice""#)
            var second = try await server.guest(path: "/ws?game=dice&token=\(try Tokens.of("bob"))")
            _ = try await second.join(#""roomId":"\#(first.room)""#)
            #expect(try await server.get("/health").json["users"] == 2)
        }
    }

    @Test(arguments: ["required", "optional"])
    func `a page with a bad token is closed at once, and never welcomed`(policy: String) async throws {
        try await withTokens(policy) { server in
            let client = try await server.page(path: "/ws?token=\(try Tokens.of("ann", expiresIn: -60))")
            #expect(try await client.event() == .close(4002))
        }
    }

    @Test func `a page without a token has five seconds, and may ask for nothing meanwhile`() async throws {
        try await withTokens("required") { server in
            let client = try await server.page()
            let asked = [
                #"{"type":"join_room","id":1,"gameType":"dice"}"#, #"{"type":"get_room_list","id":2}"#,
                #"{"type":"reconnect","id":3,"data":{"clientId":"0123456789abcdefghijkl"}}"#,
                #"{"type":"ping","id":4,"data":{}}"#,
            ]
            for message in asked { try await client.send(message) }
            try await client.expect("welcome")
            for type in ["join_room_result", "error", "reconnect_result"] {
                #expect(try await client.expect(type).code == "unauthorized")
            }
            try await client.expect("pong")
            #expect(try await client.closeCode(within: .seconds(60)) == 4002)
        }
    }

    @Test func `a page that says who it is in time is let in, and what it sent ahead is carried out`() async throws {
        try await withTokens("required") { server in
            let client = try await server.page()
            try await client.send(#"{"type":"authenticate","id":1,"data":{"token":"\#(try Tokens.of("ann"))"}}"#)
            try await client.send(#"{"type":"join_room","id":2,"gameType":"dice"}"#)
            try await client.expect("welcome")
            let result = try await client.expect("authenticate_result")
            #expect(result["success"] == true && result["id"] == 1 && result.data["userId"] == "ann")
            #expect(
                abs((result.data["expiresAt"]?.int ?? 0) - Int(Date.now.timeIntervalSince1970 + 3600) * 1000) < 10_000)
            #expect(try await client.expect("join_room_result")["success"] == true)
        }
    }

    @Test func `where a token is welcome a bad one is refused, and none is anonymous`() async throws {
        try await withTokens { server in
            #expect(try await server.upgrade(headers: Tokens.header("x")).status == 401)
            var guest = try await server.guest()
            _ = try await guest.join(#""gameType":"dice""#)
            #expect(try await server.upgrade(headers: [("Authorization", "Basic eDp5")]).status == 101, "not ours")
        }
    }

    @Test(arguments: [[.auth: "off", .jwtSecret: TokenLab.secret], [.auth: "optional"]] as [[Setting: String]])
    func `without keys, or with tokens switched off, everybody is anonymous`(flags: [Setting: String]) async throws {
        try await withServer(flags: flags) { server in
            let guest = try await server.guest(path: "/ws?token=x", headers: Tokens.header("y"))
            let answer = try await guest.ask(
                #"{"type":"authenticate","id":1,"data":{"token":"\#(try Tokens.of("ann"))"}}"#, "authenticate_result")
            #expect(answer.code == "unauthorized")
            try await guest.send(#"{"type":"join_room","id":2,"gameType":"dice","data":{"token":"z"}}"#)
            #expect(try await guest.skip(to: "join_room_result")["success"] == true, "it goes on, without a token")
            #expect(try await server.get("/health").json["users"] == 0)
        }
    }

    @Test func `what came of tokens is counted, and none of them is told`() async throws {
        try await withTokens { server in
            let old = try Tokens.of("ann", expiresIn: -60)
            _ = try await server.upgrade(headers: Tokens.header(old))
            _ = try await server.upgrade(headers: Tokens.header("x"))
            _ = try await server.user("ann")
            let metrics = try await server.get("/metrics").body
            for line in [
                #"{result="valid"} 1"#, #"{result="expired"} 1"#, #"{result="malformed"} 1"#,
            ] {
                #expect(metrics.contains("parlor_tokens_total\(line)\n"), "\(line)")
            }
            #expect(!metrics.contains("ann"))
        }
    }
}
