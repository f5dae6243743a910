import Foundation
import RedisLab
import Testing

@Suite struct RedisServerTests {
    @Test func `what is acknowledged is there after a kill and gone without the data`() async throws {
        var options = RedisServer.Options()
        options.appendFsync = .always
        try await RedisServer.with(options) { server in
            #expect(try server.command("SET", "a", "1") == .text("OK"))
            try await server.kill()
            #expect(throws: LabError.self) { try server.command("PING") }
            try await server.restart()
            #expect(try server.command("GET", "a") == .text("1"))
            try await server.restart(keepingData: false)
            #expect(try server.command("GET", "a") == .null)
        }
    }

    @Test func `a paused server takes connections and answers when it goes on`() async throws {
        try await RedisServer.with { server in
            try await server.pause()
            let socket = try RESPSocket(port: server.port, limit: .milliseconds(100))
            #expect(throws: LabError.self) { try socket.command(["PING"]) }
            try await server.resume()
            #expect(try server.command("PING") == .text("PONG"))
        }
    }

    @Test func `a stopped server says goodbye`() async throws {
        try await RedisServer.with { server in
            let socket = try server.connect()
            try await server.stop()
            #expect(throws: LabError.self) { try socket.read() }
            #expect(server.log.contains("ready to exit"))
        }
    }

    @Test func `nothing is left when a test throws`() async throws {
        let (ports, port) = AsyncStream.makeStream(of: (Int, String).self)
        await #expect(throws: LabError.self) {
            try await RedisServer.with { server in
                port.yield((server.port, try server.command("CONFIG", "GET", "dir").array?.last?.text ?? ""))
                throw LabError("as tests do")
            }
        }
        for await (port, folder) in ports {
            #expect(throws: LabError.self) { try RESPSocket(port: port) }
            #expect(folder.contains("parlor-lab-") && !FileManager.default.fileExists(atPath: folder))
            break
        }
    }

    @Test func `a server that cannot start says why`() async throws {
        var options = RedisServer.Options()
        options.lines = ["no-such-setting 1"]
        let error = await #expect(throws: LabError.self) { try await RedisServer.with(options) { _ in } }
        #expect(error?.description.contains("no-such-setting") == true)
    }

    @Test func `users have the rights that a test gives them`() async throws {
        var options = RedisServer.Options()
        options.password = "everybody's"
        options.users = ["parlor on >secret ~parlor:* &* +@all"]
        try await RedisServer.with(options) { server in
            let socket = try RESPSocket(port: server.port)
            #expect(try socket.command(["PING"]).isError("NOAUTH"))
            #expect(try socket.command(["AUTH", "everybody's"]) == .text("OK"))
            #expect(try socket.command(["AUTH", "parlor", "wrong"]).isError("WRONGPASS"))
            #expect(try socket.command(["AUTH", "parlor", "secret"]) == .text("OK"))
            #expect(try socket.command(["SET", "elsewhere", "1"]).isError("NOPERM"))
            #expect(try server.command("SET", "elsewhere", "1") == .text("OK"))
        }
    }

    @Test func `a password alone is the default user's`() async throws {
        var options = RedisServer.Options()
        options.password = "secret"
        try await RedisServer.with(options) { server throws in
            #expect(try RESPSocket(port: server.port).command(["PING"]).isError("NOAUTH"))
            #expect(try server.command("PING") == .text("PONG"))
        }
    }

    @Test func `a cluster of one node has all slots, also after a restart`() async throws {
        var options = RedisServer.Options()
        options.isCluster = true
        try await RedisServer.with(options) { server in
            #expect(try server.command("SET", "a", "1") == .text("OK"))
            #expect(try server.command("MSET", "a", "1", "b", "2").isError("CROSSSLOT"))
            try await server.restart()
            #expect(try server.command("GET", "a") == .text("1"))
        }
    }

    @Test func `memory that is used up is refused`() async throws {
        var options = RedisServer.Options()
        options.maxMemory = "1"
        try await RedisServer.with(options) { server throws in
            #expect(try server.command("SET", "a", "1").isError("OOM"))
        }
    }

    @Test func `a replica follows`() async throws {
        try await RedisServer.with { master in
            var options = RedisServer.Options()
            options.replicaOf = master.port
            try await RedisServer.with(options) { replica in
                let socket = try master.connect()
                try LabWait.until("a replica") {
                    try socket.command(["SET", "a", "1"])
                    return try socket.command(["WAIT", "1", "100"]) == .integer(1) ? true : nil
                }
                #expect(try replica.command("GET", "a") == .text("1"))
                #expect(try replica.command("SET", "a", "2").isError("READONLY"))
            }
        }
    }

    @Test(.enabled(if: RedisServer.speaksTLS)) func `TLS is spoken by who has the right certificates`() async throws {
        try await Certificates.with { certificates in
            var options = RedisServer.Options()
            options.tls = certificates
            options.asksForCertificate = true
            try await RedisServer.with(options) { server in
                let port = try #require(server.tlsPort)
                let right = try await certificates.shake(
                    "localhost:\(port)", trusting: certificates.authority, as: certificates.client)
                #expect(right == .accepted)
                let byAddress = try await certificates.shake(
                    "127.0.0.1:\(port)", trusting: certificates.authority, as: certificates.client)
                #expect(byAddress == .accepted)
                let untrusted = try await certificates.shake(
                    "localhost:\(port)", trusting: certificates.otherAuthority, as: certificates.client)
                #expect(untrusted == .refused)
            }
        }
    }
}

extension RESPSocket.Reply {
    func isError(_ word: String) -> Bool {
        if case .error(let text) = self { text.hasPrefix(word) } else { false }
    }
}
