import NIOCore
import NIOWebSocket
import Testing

@testable import ParlorServer

@Suite(.serialized) struct `Whoever does not read` {
    /// As long as a line may be: two kilobytes.
    private static let line = String(repeating: "\u{1f600}", count: 500)

    /// Talks until `isEnough`, each line when the one before was heard.
    private static func talk(in room: String, _ server: TestServer, until isEnough: () -> Bool) async throws {
        while !isEnough() {
            let talker = try await server.guest(in: room, #""as":"spectator""#)
            for number in 0..<60 where !isEnough() {
                try await talker.ask(
                    #"{"type":"chat","id":\#(number),"data":{"text":"\#(line)"}}"#, "chat_result")
            }
            // Whoever is closed by now is waited for, but not for long: it has to be read at once.
            if !isEnough() { try await talker.client.close() }
        }
    }

    /// Somebody who watches and then stops reading.
    private static func stalled(in room: String, _ server: TestServer) async throws -> TestClient {
        let client = try await TestClient.open(port: server.port, receiveBuffer: 4096)
        try await client.send(#"{"type":"join_room","roomId":"\#(room)","data":{"as":"spectator"}}"#)
        try await client.skip(to: "game_state")
        try await client.read(false)
        return client
    }

    /// Somebody in a hundred rooms, of which a list has twenty kilobytes, and somebody who reads nothing after the welcome.
    private static func longLists(on server: TestServer) async throws -> (host: Guest, client: TestClient) {
        var host = try await server.guest()
        for _ in 0..<100 { _ = try await host.join(#""gameType":"dice""#, #""create":true"#) }
        let client = try await TestClient.open(port: server.port, receiveBuffer: 4096)
        try await client.expect("welcome")
        try await client.read(false)
        return (host, client)
    }

    private static func owed(_ server: TestServer) -> Int { server.node.hubs.map(\.budget.owed).reduce(0, +) }

    private static func closes(_ server: TestServer) -> Int {
        server.node.metrics.read().closes[.slowConsumer] ?? 0
    }

    @Test func `A watcher that stalls sees few states and then 4003, while the others see all`() async throws {
        try await withServer(flags: [.outboxBytes: "32KiB", .outboxSeconds: "1"]) { server in
            let (first, _) = try await server.pair("pong")
            let watcher = try await server.guest(in: first.room, #""as":"spectator""#)
            let stalled = try await Self.stalled(in: first.room, server)
            var most = 0
            try await Self.talk(in: first.room, server) {
                most = max(most, Self.owed(server))
                return Self.closes(server) > 0
            }
            // The game's states have gone out beside all that was said.
            try await stalled.read(true)
            var seen: [Int] = []
            var code: UInt16?
            reading: while true {
                switch try await stalled.event() {
                case .text(let text):
                    let message = try JSON(text)
                    if message.type == "game_state" { seen.append(message["version"]?.int ?? 0) }
                case .close(let close):
                    code = close
                    break reading
                case .ended: break reading
                }
            }
            #expect(code == 4003)
            #expect(seen == seen.sorted(), "a newer state is never followed by an older one")
            #expect(most <= 32 * 1024 * Limits.outboxExcess + 4096, "owed at most \(most)")
            var watched: [Int] = []
            while watched.count < max(30, 2 * seen.count) {
                watched.append(try await watcher.skip(to: "game_state")["version"]?.int ?? 0)
            }
            #expect(watched == watched.sorted())
            #expect(Self.owed(server) == 0)
            #expect(server.node.metrics.read().replacedStates > 0)
        }
    }

    @Test func `A client that asks and does not read is not read either, and ends with 4003`() async throws {
        let flags: [Setting: String] = [
            .outboxBytes: "64KiB", .outboxSeconds: "1", .messagesPerSecond: "0", .maxRoomsPerClient: "0",
        ]
        try await withServer(flags: flags) { server in
            let (host, client) = try await Self.longLists(on: server)
            for _ in 0..<2000 { client.sendSoon(#"{"type":"get_room_list"}"#) }
            client.channel.flush()
            var most = 0
            try await eventually {
                most = max(most, Self.owed(server))
                return Self.closes(server) > 0
            }
            #expect(most > 64 * 1024, "it must have been over its bound")
            #expect(most < 64 * 1024 + 2 * 24 * 1024, "and by no more than a list: \(most)")
            try await client.read(true)
            #expect(try await client.closeCode() == 4003)
            #expect(Self.owed(server) == 0)
            try await host.ask(#"{"type":"get_room_list"}"#, "room_list")
        }
    }

    @Test func `A client that catches up gets everything it asked for`() async throws {
        let flags: [Setting: String] = [
            .outboxBytes: "64KiB", .outboxSeconds: "60", .messagesPerSecond: "0", .maxRoomsPerClient: "0",
        ]
        try await withServer(flags: flags) { server in
            let (_, client) = try await Self.longLists(on: server)
            for number in 0..<50 { client.sendSoon(#"{"type":"get_room_list","id":\#(number)}"#) }
            client.channel.flush()
            try await eventually { Self.owed(server) > 64 * 1024 }
            try await client.read(true)
            for number in 0..<50 { #expect(try await client.expect("room_list")["id"]?.int == number) }
            try await client.expectQuiet()
        }
    }

    @Test func `Pings of the transport without end are owed one answer`() async throws {
        try await withServer(flags: [.messagesPerSecond: "0"]) { server in
            let client = try await TestClient.open(port: server.port, receiveBuffer: 4096)
            try await client.expect("welcome")
            try await client.read(false)
            var most = 0
            for number in 0..<5000 {
                try await client.send(frame: .ping, Array(repeating: 0x20, count: 125))
                if number.isMultiple(of: 50) { most = max(most, Self.owed(server)) }
            }
            #expect(most <= 127)
            try await client.read(true)
            try await client.expectQuiet()
        }
    }

    @Test func `Pings of the transport over the rate: 4004`() async throws {
        try await withServer(flags: [.messagesPerSecond: "5"]) { server in
            let client = try await TestClient.open(port: server.port)
            for _ in 0..<400 { try? await client.send(frame: .ping, []) }
            #expect(try await client.closeCode() == 4004)
        }
    }

    @Test func `Over the budget of all, whoever is owed most goes first`() async throws {
        let flags: [Setting: String] = [
            .outboxBytes: "1MiB", .outboxSeconds: "60", .outboxTotalBytes: "256KiB", .threads: "1",
        ]
        try await withServer(flags: flags) { server in
            let host = try await server.host("dice")
            let longest = try await Self.stalled(in: host.room, server)
            try await Self.talk(in: host.room, server) { Self.owed(server) > 64 * 1024 }
            let later = try await Self.stalled(in: host.room, server)
            var most = 0
            try await Self.talk(in: host.room, server) {
                most = max(most, Self.owed(server))
                return Self.closes(server) > 0
            }
            try await longest.read(true)
            #expect(try await longest.closeCode() == 4003)
            // In the middle of a pass it is a line to each of the two more.
            #expect(most <= 256 * 1024 + 2 * 4096, "owed at most \(most)")
            #expect(server.node.metrics.read().refusals[.allOutboxes] == 1)
            try await later.read(true)
            try await later.send(#"{"type":"ping","id":"still"}"#)
            #expect(try await later.skip(to: "pong")["id"] == "still")
        }
    }
}

extension TestClient {
    /// Writes a message; it goes when the channel is flushed.
    func sendSoon(_ text: String) {
        let frame = WebSocketFrame(
            fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text))
        channel.write(frame, promise: nil)
    }
}
