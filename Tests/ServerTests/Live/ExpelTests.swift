import Foundation
import Testing

@testable import ParlorServer

@Suite struct `Sending users away` {
    private static func expel(_ user: String, _ token: String? = "sesame", body: String = "") -> Request {
        Request(path: "/api/users/\(user)/disconnect", headers: token.map(Tokens.header) ?? [], body: body)
    }

    private struct Request {
        let path: String
        let headers: [(String, String)]
        let body: String

        func send(to server: TestServer) async throws -> HTTPAnswer {
            try await server.http("POST", path, headers: headers, body: body)
        }
    }

    @Test func `all their connections end, and what they hold does not let them in again`() async throws {
        try await withTokens(flags: [.adminToken: "sesame"]) { server in
            let old = try Tokens.of("ann")
            let (first, second) = (try await server.guest(headers: Tokens.header(old)), try await server.user("ann"))
            let bob = try await server.user("bob")
            let answer = try await Self.expel("ann").send(to: server)
            #expect(answer.status == 200 && answer.json["disconnected"] == 2)
            let until = try #require(answer.json["until"]?.int)
            #expect(abs(until - Int(Date.now.timeIntervalSince1970 + 30 * 86_400) * 1000) < 10_000)
            #expect(try await first.client.closeCode() == 4002)
            #expect(try await second.client.closeCode() == 4002)
            #expect(try await server.upgrade(headers: Tokens.header(old)).status == 401)
            let undated = try Tokens.invitation(["sub": #""ann""#])
            #expect(try await server.upgrade(headers: Tokens.header(undated)).status == 401)
            let guest = try await server.guest()
            try await guest.send(#"{"type":"authenticate","id":1,"data":{"token":"\#(old)"}}"#)
            #expect(try await guest.expect("authenticate_result")["error"]?["reason"] == "revoked")
            // A token that was issued later is another matter.
            let later = try Tokens.of("ann", ["iat": "\(Int(Date.now.timeIntervalSince1970) + 2)"])
            #expect(try await server.upgrade(headers: Tokens.header(later)).status == 101)
            #expect(try await bob.ask(#"{"type":"ping","data":{}}"#, "pong").type == "pong")
        }
    }

    @Test func `a refresh is refused too`() async throws {
        try await withTokens(flags: [.adminToken: "sesame"]) { server in
            let ann = try await server.user("ann", ["iat": "\(Int(Date.now.timeIntervalSince1970) + 5)"])
            let old = try Tokens.of("ann")
            _ = try await server.node.tokens.denyList.revoke(
                try #require(UserID(untrusted: "ann")).key, for: .seconds(60), at: server.node.wallClock())
            let answer = try await ann.ask(
                #"{"type":"refresh_token","id":1,"data":{"token":"\#(old)"}}"#, "refresh_token_result")
            #expect(answer["error"]?["reason"] == "revoked")
        }
    }

    @Test func `they stay away over a restart, for as long as was said`() async throws {
        let folder = try ScratchFolder()
        let flags: [Setting: String] = [.adminToken: "sesame", .data: folder.path]
        let token = try Tokens.of("ann@example.org")
        try await withTokens(flags: flags) { server in
            let answer = try await Self.expel("ann%40example.org", body: #"{"forSeconds":60}"#).send(to: server)
            #expect(answer.status == 200 && answer.json["disconnected"] == 0, "\(answer.body)")
            #expect(abs((answer.json["until"]?.int ?? 0) - Int(Date.now.timeIntervalSince1970 + 60) * 1000) < 10_000)
        }
        try await withTokens(flags: flags) { server in
            let answer = try await server.upgrade(headers: Tokens.header(token))
            #expect(answer.status == 401)
        }
    }

    @Test func `only an operator may`() async throws {
        try await withTokens { server in
            let answer = try await Self.expel("ann").send(to: server)
            #expect(answer.status == 404, "there is none")
        }
        try await withTokens(flags: [.adminToken: "sesame"]) { server in
            for token in [nil, "", "sesam", "sesame1", "SESAME", try Tokens.of("ann")] {
                let answer = try await Self.expel("ann", token).send(to: server)
                #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer", "\(token ?? "none")")
            }
            for (user, body) in [
                ("a%20b", ""), ("..%2F..%2Fx", ""), ("%00", ""), (String(repeating: "a", count: 129), ""),
                ("ann", #"{"forSeconds":0}"#), ("ann", #"{"forSeconds":"1"}"#), ("ann", "[]"),
                ("ann", #"{"forSeconds":1e9}"#),
            ] {
                #expect(try await Self.expel(user, body: body).send(to: server).status == 400, "\(user) \(body)")
            }
            #expect(try await server.get("/api/users/ann/disconnect", headers: Tokens.header("sesame")).status == 404)
        }
    }

    @Test func `where operators have an address of their own, players' has nothing of it`() async throws {
        let port = try await KeyServer.freePort()
        try await withTokens(flags: [.adminToken: "sesame", .opsListen: "127.0.0.1:\(port)"]) { server async throws in
            #expect(try await Self.expel("ann").send(to: server).status == 404)
            #expect(try await Self.expel("ann").send(to: server.at(port: port)).status == 200)
        }
    }
}
