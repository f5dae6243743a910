import NIOWebSocket
import Testing

@testable import ParlorServer

@Suite(.serialized) struct `How connections are closed` {
    @Test func `A binary frame: 1003`() async throws {
        try await expectClose(1003) { try await $0.send(frame: .binary, Array("{}".utf8)) }
    }

    @Test(arguments: [[0xff], [0x22, 0xc3, 0x28, 0x22], [0xed, 0xa0, 0x80], [0xc0, 0x80]] as [[UInt8]])
    func `Text that is no UTF-8: 1007`(_ bytes: [UInt8]) async throws {
        try await expectClose(1007) { try await $0.send(frame: .text, bytes) }
    }

    @Test func `A message over 16 KiB: 1009`() async throws {
        try await expectClose(1009) { client in
            try await client.send(#"{"type":"ping","data":{"x":"\#(String(repeating: "x", count: 17_000))"}}"#)
        }
    }

    @Test func `A message over 16 KiB in small fragments: 1009`() async throws {
        try await expectClose(1009) { client in
            for index in 0..<9 {
                let opcode: WebSocketOpcode = index == 0 ? .text : .continuation
                try await client.send(frame: opcode, Array(repeating: 0x20, count: 2000), fin: false)
            }
        }
    }

    @Test func `A frame that is not masked: 1002`() async throws {
        try await expectClose(1002) { client in
            try await client.send(frame: .text, Array(#"{"type":"ping"}"#.utf8), masked: false)
        }
    }

    @Test(arguments: [3, 7, 11, 15] as [UInt8]) func `An opcode that means nothing: 1002`(_ opcode: UInt8) async throws
    {
        let opcode = try #require(WebSocketOpcode(encodedWebSocketOpcode: opcode))
        try await expectClose(1002) { try await $0.send(frame: opcode, []) }
    }

    @Test func `A continuation of nothing: 1002`() async throws {
        try await expectClose(1002) { try await $0.send(frame: .continuation, [0x20]) }
    }

    @Test func `A close is answered, with its own code if that may stand in a frame`() async throws {
        try await expectClose(1000) { try await $0.send(frame: .connectionClose, []) }
        try await expectClose(1000) { try await $0.send(frame: .connectionClose, [0x03, 0xe8]) }
        try await expectClose(4999) { try await $0.send(frame: .connectionClose, [0x13, 0x87]) }
        try await expectClose(1001) { try await $0.send(frame: .connectionClose, [0x03, 0xe9]) }
        try await expectClose(1002) { try await $0.send(frame: .connectionClose, [0x03, 0xed]) }
    }

    @Test func `A ping frame is answered, and fragments make one message`() async throws {
        try await withServer { server in
            let guest = try await server.guest()
            try await guest.client.send(frame: .text, Array(#"{"type":"pi"#.utf8), fin: false)
            try await guest.client.send(frame: .ping, Array("x".utf8))
            try await guest.client.send(frame: .continuation, Array(#"ng"}"#.utf8))
            try await guest.expect("pong")
        }
    }

    @Test func `A second connection of the same client: 4001 for the first`() async throws {
        try await withServer { server in
            let host = try await server.host("dice")
            let (back, result) = try await server.comeBack(host.clientId, to: host.room)
            #expect(result["success"] == true)
            #expect(try await host.client.closeCode() == 4001)
            try await back.expect("game_state")
            try await back.client.expectQuiet()
        }
    }

    @Test func `Mistakes without end: 4004`() async throws {
        try await expectClose(4004, flags: [.messagesPerSecond: "0"]) { client in
            try await client.send(together: Array(repeating: "nonsense", count: 400))
        }
    }

    @Test func `Too many at once: rate_limited, and 4004 for who goes on`() async throws {
        try await withServer(flags: [.messagesPerSecond: "5"]) { server in
            let guest = try await server.guest()
            try await guest.client.send(together: (0..<12).map { #"{"type":"ping","id":\#($0)}"# })
            let refused = try await guest.skip(to: "error")
            #expect(refused.code == "rate_limited")
            #expect(refused["error"]?["retryable"] == true)
            #expect(refused["error"]?["retryAfterMs"]?.int ?? 0 > 0)
            try await guest.client.send(together: Array(repeating: #"{"type":"ping"}"#, count: 400))
            #expect(try await guest.client.closeCode() == 4004)
        }
    }

    @Test func `A refusal for the rate has the type of its request`() async throws {
        try await withServer(flags: [.messagesPerSecond: "5"]) { server in
            let guest = try await server.guest()
            try await guest.client.send(together: Array(repeating: #"{"type":"unwatch_lobby","id":1}"#, count: 12))
            let refused = try await guest.skip(to: "unwatch_lobby_result") { $0["success"] == false }
            #expect(refused.code == "rate_limited")
        }
    }

    @Test func `One connection too many from an address: 4006`() async throws {
        try await withServer(flags: [.maxConnectionsPerAddress: "2"]) { server in
            let first = try await server.guest()
            _ = try await server.guest()
            let third = try await TestClient.open(port: server.port)
            #expect(try await third.event() == .close(4006))
            try await first.client.expectQuiet()
        }
    }

    @Test func `One connection too many at all: 4006`() async throws {
        try await withServer(flags: [.maxConnections: "1"]) { server in
            _ = try await server.guest()
            #expect(try await TestClient.open(port: server.port).event() == .close(4006))
        }
    }

    @Test func `Kicked, and in no other room: 4007`() async throws {
        try await withServer { server in
            let host = try await server.host("dice", #""options":{"seats":3}"#)
            let other = try await server.guest(in: host.room)
            try await host.expect("player_joined")
            try await host.ask(#"{"type":"kick","data":{"seat":1}}"#, "kick_result")
            let closed = try await other.skip(to: "room_closed")
            #expect(closed.data["reason"] == "kicked")
            #expect(try await other.client.event() == .close(4007))
        }
    }

    @Test func `Kicked, but in another room too: the connection stays`() async throws {
        try await withServer { server in
            let host = try await server.host("dice", #""options":{"seats":3}"#)
            var other = try await server.guest(in: host.room)
            _ = try await other.join(#""gameType":"pong""#)
            try await host.ask(#"{"type":"kick","data":{"seat":1}}"#, "kick_result")
            #expect(try await other.skip(to: "room_closed").data["reason"] == "kicked")
            try await other.ask(#"{"type":"chat","id":1,"data":{"text":"still here"}}"#, "chat_result")
        }
    }

    @Test func `A server that stops says so, refuses joins, and then closes with 1001`() async throws {
        try await withServer(flags: [.drainSeconds: "1"]) { server in
            let guest = try await server.guest()
            server.stop()
            let draining = try await guest.expect("server_draining")
            #expect(0...1000 ~= draining.data["reconnectAfterMs"]?.int ?? -1)
            let refused = try await guest.ask(#"{"type":"join_room","gameType":"dice"}"#, "join_room_result")
            #expect(refused.code == "draining")
            #expect(refused["error"]?["retryable"] == true)
            try await guest.client.expectQuiet()
            #expect(try await guest.client.closeCode() == 1001)
        }
    }

    private func expectClose(
        _ code: UInt16, flags: [Setting: String] = [:], after provoke: (TestClient) async throws -> Void
    ) async throws {
        try await withServer(flags: flags) { server in
            let guest = try await server.guest()
            try await provoke(guest.client)
            #expect(try await guest.client.closeCode() == code)
            // What one client does wrong is felt by no other.
            try await server.guest().client.expectQuiet()
        }
    }
}
