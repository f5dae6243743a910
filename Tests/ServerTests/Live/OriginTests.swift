import Testing

@testable import ParlorServer

@Suite(.serialized) struct `Requests of strangers` {
    private static let upgrade = [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    /// A request as its lines; HOST stands for the server's own.
    private static func text(_ lines: [String], _ server: TestServer) -> String {
        lines.map { $0.replacing("HOST", with: "127.0.0.1:\(server.port)") + "\r\n" }.joined() + "\r\n"
    }

    @Test(arguments: [
        (["GET / HTTP/1.1"], 400),
        (["GET / HTTP/1.1", "Host: HOST", "Host: HOST"], 400),
        (["GET / HTTP/1.1", "Host: HOST", "Host: evil.example"], 400),
        (["GET / HTTP/1.1", "Host:", "Connection: close"], 421),
        (["GET / HTTP/1.1", "Host: evil.example", "Connection: close"], 421),
        (["GET / HTTP/1.1", "Host: localhost.", "Connection: close"], 421),
        (["GET / HTTP/1.1", "Host: localhost:99999", "Connection: close"], 421),
        (["GET http://evil.example/ HTTP/1.1", "Host: HOST"], 421),
        (["GET http://evil.example/ws HTTP/1.1", "Host: HOST"] + upgrade, 421),
        (["GET http://HOST/livez HTTP/1.1", "Host: HOST", "Connection: close"], 200),
        (["CONNECT evil.example:443 HTTP/1.1", "Host: evil.example:443"], 421),
        (["GET /ws HTTP/1.1", "Host: HOST", "Host: HOST"] + upgrade, 400),
        (["GET /ws HTTP/1.1", "Host: HOST", "Origin: http://HOST", "Origin: http://HOST"] + upgrade, 403),
        (["GET /ws HTTP/1.1", "Host: HOST", "Origin:"] + upgrade, 403),
        (["GET /ws HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: cross-site"] + upgrade, 403),
        (["GET /ws HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: same-site"] + upgrade, 403),
        (["GET /ws HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: same-origin", "Origin: http://HOST"] + upgrade, 101),
        (["GET /livez HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: cross-site", "Connection: close"], 200),
        (["POST /api/rooms HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: cross-site", "Connection: close"], 403),
        (["POST /api/rooms HTTP/1.1", "Host: HOST", "Origin: null", "Connection: close"], 403),
        (["POST /api/rooms HTTP/1.1", "Host: HOST", "Origin: https://evil.example", "Connection: close"], 403),
        (["POST /api/rooms HTTP/1.1", "Host: HOST", "Sec-Fetch-Site: same-origin", "Connection: close"], 400),
        (["nonsense"], 400),
        (["GET / HTTP/1.1", "Host: HOST", "X: \(String(repeating: "x", count: 9000))"], 431),
        (["GET / HTTP/1.1", "Host: HOST"] + (0..<70).map { "X\($0): 1" }, 431),
        (["GET / HTTP/1.1", "Host: HOST"] + (0..<9).map { "X\($0): \(String(repeating: "x", count: 2000))" }, 431),
        (["GET /\(String(repeating: "x", count: 20_000)) HTTP/1.1", "Host: HOST"], 431),
    ])
    func `a request is let in, or told why not`(_ lines: [String], _ status: Int) async throws {
        try await withServer { server in
            let answer = try await server.raw(
                Self.text(lines, server), isUpgrade: status == 101 || lines[0].contains("/ws"))
            #expect(answer.status == status)
            #expect(status == 101 || answer.headers["content-security-policy"] != nil)
            #expect(status < 400 || answer.headers["content-type"] == "application/problem+json")
            try await server.guest().client.expectQuiet()
        }
    }

    @Test func `every answer carries what protects a page`() async throws {
        try await withServer(flags: [.allowedOrigins: "https://listed.example"]) { server in
            for path in ["/", "/play/pong", "/parlor.js", "/api/rooms", "/nothing", "/health", "/ws"] {
                let answer = try await server.get(path)
                let policy = try #require(answer.headers["content-security-policy"])
                for part in [
                    "script-src 'self';", "style-src 'self';", "object-src 'none'", "base-uri 'none'",
                    "form-action 'self'", "frame-ancestors 'none'",
                    "connect-src 'self' ws://127.0.0.1:\(server.port) wss://127.0.0.1:\(server.port);",
                ] { #expect(policy.contains(part), "\(path)") }
                #expect(!policy.contains("unsafe") && !policy.contains("*"))
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] == "no-referrer")
                #expect(answer.headers["cross-origin-opener-policy"] == "same-origin")
                #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
                #expect(answer.headers["permissions-policy"]?.contains("camera=()") == true)
                #expect(answer.headers["vary"] == "Origin")
                #expect(answer.headers["strict-transport-security"] == nil, "there is no TLS")
                #expect(answer.headers["access-control-allow-origin"] == nil)
            }
            let listed = try await server.get("/api/rooms", headers: [("Origin", "https://listed.example")])
            #expect(listed.headers["access-control-allow-origin"] == "https://listed.example")
            let other = try await server.get("/api/rooms", headers: [("Origin", "https://other.example")])
            #expect(other.headers["access-control-allow-origin"] == nil)
        }
    }
}
