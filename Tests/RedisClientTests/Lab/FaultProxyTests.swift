import RedisLab
import Testing

@Suite struct FaultProxyTests {
    private static let shortly = Duration.milliseconds(100)

    private func withProxy(_ body: (RedisServer, FaultProxy) async throws -> Void) async throws {
        try await RedisServer.with { server in
            try await FaultProxy.with(to: server.port) { try await body(server, $0) }
        }
    }

    @Test func `commands and replies pass`() async throws {
        try await withProxy { server, proxy in
            let socket = try RESPSocket(port: proxy.port)
            #expect(try socket.command(["SET", "a", String(repeating: "x", count: 1_000_000)]) == .text("OK"))
            #expect(try socket.command(["STRLEN", "a"]) == .integer(1_000_000))
            #expect(try await proxy.connections == 1)
        }
    }

    @Test func `a held command reaches the server when the wire is free again`() async throws {
        try await withProxy { server, proxy in
            let socket = try RESPSocket(port: proxy.port)
            try await proxy.hold(.toServer)
            try socket.send(["SET", "a", "1"])
            try await proxy.waitUntilHeld(.toServer)
            #expect(try server.command("GET", "a") == .null)
            try await proxy.pass()
            #expect(try socket.read() == .text("OK"))
            #expect(try server.command("GET", "a") == .text("1"))
        }
    }

    @Test func `a command whose reply is held is done`() async throws {
        try await withProxy { server, proxy in
            let socket = try RESPSocket(port: proxy.port, limit: Self.shortly)
            #expect(try socket.command(["PING"]) == .text("PONG"))
            try await proxy.hold(.toClient)
            try socket.send(["SET", "a", "1"])
            try await proxy.waitUntilHeld(.toClient, bytes: 5)
            #expect(try server.command("GET", "a") == .text("1"))
            #expect(throws: LabError.self) { try socket.read() }
            try await proxy.pass()
            #expect(try socket.read() == .text("OK"))
        }
    }

    @Test func `the end of a server is held too`() async throws {
        try await withProxy { server, proxy in
            let socket = try RESPSocket(port: proxy.port, limit: Self.shortly)
            #expect(try socket.command(["PING"]) == .text("PONG"))
            try await proxy.hold()
            try await server.kill()
            #expect(throws: LabError("no reply in \(Self.shortly)")) { try socket.read() }
            try await proxy.pass()
            #expect(throws: LabError("the connection ended")) { try socket.read() }
        }
    }

    @Test(arguments: [FaultProxy.Cut.reset, .end]) func `a cut ends both sides and later ones pass`(
        _ cut: FaultProxy.Cut
    ) async throws {
        try await withProxy { server, proxy in
            let socket = try RESPSocket(port: proxy.port)
            #expect(try socket.command(["CLIENT", "SETNAME", "cut"]) == .text("OK"))
            try await proxy.cut(cut)
            #expect(throws: LabError("the connection ended")) { try socket.read() }
            try LabWait.until("a server that knows it") {
                try server.command("CLIENT", "LIST").text?.contains("name=cut") == false ? true : nil
            }
            #expect(try RESPSocket(port: proxy.port).command(["PING"]) == .text("PONG"))
        }
    }

    @Test func `replies are garbled and commands are not`() async throws {
        try await withProxy { server, proxy in
            let socket = try RESPSocket(port: proxy.port)
            try await proxy.garble(seed: 7)
            #expect(throws: LabError.self) { try socket.command(["SET", "a", "1"]) }
            #expect(try server.command("GET", "a") == .text("1"))
        }
    }

    @Test func `refused connections leave the others alone`() async throws {
        try await withProxy { server, proxy in
            let socket = try RESPSocket(port: proxy.port)
            #expect(try socket.command(["PING"]) == .text("PONG"))
            try await proxy.refuse()
            #expect(throws: LabError.self) { try RESPSocket(port: proxy.port) }
            #expect(try socket.command(["PING"]) == .text("PONG"))
            try await proxy.accept()
            #expect(try RESPSocket(port: proxy.port).command(["PING"]) == .text("PONG"))
        }
    }

    @Test func `chopped replies are whole`() async throws {
        try await withProxy { server, proxy in
            try await proxy.chop()
            let socket = try RESPSocket(port: proxy.port)
            #expect(try socket.command(["ECHO", "one at a time"]) == .text("one at a time"))
        }
    }

    @Test func `silence is for connections that are there and not for new ones`() async throws {
        try await withProxy { server, proxy in
            let old = try RESPSocket(port: proxy.port, limit: Self.shortly)
            #expect(try old.command(["PING"]) == .text("PONG"))
            try await proxy.silence()
            #expect(throws: LabError.self) { try old.command(["PING"]) }
            let new = try RESPSocket(port: proxy.port)
            #expect(try new.command(["PING"]) == .text("PONG"))
            try await proxy.waitForConnections(2)
        }
    }
}
