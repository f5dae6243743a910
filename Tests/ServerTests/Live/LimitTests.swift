import NIOCore
import NIOPosix
import Testing

@testable import ParlorServer

@Suite(.serialized) struct `Limits, met` {
    @Test func `Requests over the rate: 429, and when to come again`() async throws {
        try await withServer(flags: [.requestsPerSecondPerAddress: "1"]) { server in
            // Eighty times more than a second allows, at once.
            let answers = try await withThrowingTaskGroup { group in
                for _ in 0..<80 { group.addTask { try await server.get("/api/rooms") } }
                return try await group.reduce(into: [HTTPAnswer]()) { $0.append($1) }
            }
            #expect(answers.contains { $0.status == 200 })
            let refusals = answers.filter { $0.status == 429 }
            let refused = try #require(refusals.first)
            #expect(refused.json["code"] == "rate_limited")
            #expect(1...4 ~= refused.headers["retry-after"].flatMap { Int($0) } ?? 0)
            #expect(try await server.get("/livez").status == 200, "a probe is no guest")
            #expect(server.node.metrics.read().refusals[.requests] == refusals.count)
        }
    }

    @Test func `A connection of pages too many: 503`() async throws {
        try await withServer(flags: [.maxConnectionsPerAddress: "2"]) { server in
            let idle = try await [server.silent(), server.silent()]
            try await eventually { server.node.door.pageConnections == 2 }
            let answer = try await server.raw("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == "10")
            for channel in idle { try await channel.close() }
            try await eventually { server.node.door.pageConnections == 0 }
            #expect(try await server.get("/livez").status == 200)
            #expect(server.node.metrics.read().refusals[.pageConnectionsPerAddress] == 1)
        }
    }

    @Test func `A socket is no connection of pages, and one that ends while it is let in does not count for ever`()
        async throws
    {
        try await withServer { server in
            for _ in 0..<50 {
                let channel = try await server.silent()
                let request =
                    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                try await channel.writeAndFlush(ByteBuffer(string: request))
                try await channel.close()
            }
            let guest = try await server.guest()
            try await guest.client.expectQuiet()
            try await eventually { try await server.get("/health").json["connections"] == 1 }
            try await eventually { server.node.door.pageConnections == 0 }
        }
    }

    @Test func `Chat without end: rate_limited, and the games go on`() async throws {
        try await withServer { server in
            let host = try await server.host("dice")
            try await host.client.send(
                together: (0..<70).map { #"{"type":"chat","id":\#($0),"data":{"text":"hi"}}"# })
            let refused = try await host.skip(to: "chat_result") { $0["success"] == false }
            #expect(refused.code == "rate_limited")
            try await host.ask(#"{"type":"resync"}"#, "game_state")
        }
    }

    @Test func `Names that nobody has, without end: 4004`() async throws {
        try await withServer(flags: [.messagesPerSecond: "0"]) { server in
            let guest = try await server.guest()
            let secrets = (10..<50).map { "AAAAAAAAAAAAAAAAAAAA\($0)" }
            try await guest.client.send(
                together: secrets.map { #"{"type":"reconnect","data":{"clientId":"\#($0)"}}"# })
            #expect(try await guest.client.closeCode() == 4004)
            let other = try await server.guest()
            let join = #"{"type":"join_room","roomId":"AAAAAAAAAAAAAAAAAAAAAA"}"#
            try await other.client.send(together: Array(repeating: join, count: 40))
            #expect(try await other.client.closeCode() == 4004)
        }
    }

    @Test func `Seats count for their address until they are given up`() async throws {
        try await withServer(flags: [.maxConnectionsPerAddress: "2", .maxRoomsPerClient: "0"]) { server in
            var guest = try await server.guest()
            for _ in 0..<4 { _ = try await guest.join(#""gameType":"dice""#, #""create":true"#) }
            let create = #"{"type":"join_room","gameType":"dice","data":{"create":true}}"#
            let refused = try await guest.ask(create, "join_room_result")
            #expect(refused.code == "too_many_rooms")
            try await guest.ask(#"{"type":"leave_room","roomId":"\#(guest.room)"}"#, "leave_room_result")
            #expect(try await guest.ask(create, "join_room_result")["success"] == true)
        }
    }

    @Test func `Bots count for their address until they go`() async throws {
        // Two for each room that an address may have, on the one loop there is.
        try await withServer(flags: [.maxRoomsPerAddress: "1", .threads: "1"]) { server in
            let host = try await server.host("owedrahn")
            for _ in 0..<2 {
                #expect(try await host.ask(#"{"type":"add_bot","id":1}"#, "add_bot_result")["success"] == true)
            }
            #expect(try await host.ask(#"{"type":"add_bot","id":2}"#, "add_bot_result").code == "no_bot")
            try await host.ask(#"{"type":"remove_bot","id":3}"#, "remove_bot_result")
            #expect(try await host.ask(#"{"type":"add_bot","id":4}"#, "add_bot_result")["success"] == true)
            #expect(server.node.metrics.read().refusals[.botsPerAddress] == 1)
        }
    }

    @Test func `A busy server lets nobody new in, and whoever plays goes on`() async throws {
        try await withServer { server in
            let (first, second) = try await server.pair("tictactoe")
            // One task that ran so late weighs for seconds.
            let load = server.node.loads[0]
            try await server.node.hubs[0].loop.submit { load.ran(due: .now() - .minutes(30), at: .now()) }.get()
            var stranger = try await server.guest()
            let refused = try await stranger.ask(#"{"type":"join_room","gameType":"dice"}"#, "join_room_result")
            #expect(refused.code == "server_busy")
            #expect(refused["error"]?["retryable"] == true)
            #expect(refused["error"]?["retryAfterMs"] == 5000)
            let order = try await server.http("POST", "/api/rooms", body: #"{"gameType":"dice"}"#)
            #expect(order.status == 503)
            #expect(order.headers["retry-after"] == "5")
            #expect(try await server.get("/health").json["overloaded"] == true)
            #expect(try await server.get("/metrics").body.contains("\nparlor_overloaded 1\n"))
            try await first.ask(#"{"type":"resync"}"#, "game_state")
            let (back, result) = try await server.comeBack(second.clientId, to: first.room)
            #expect(result["success"] == true)
            try await back.skip(to: "game_state")
            try await eventually { !server.node.isOverloaded }
            _ = try await stranger.join(#""gameType":"dice""#)
        }
    }
}

extension TestServer {
    /// A connection that says nothing.
    func silent() async throws -> any Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).get()
    }
}
