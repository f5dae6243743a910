import NIOCore
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct `A room that many watch` {
    /// More than have their turn at once on the only loop.
    private static let watchers = Limits.galleryTurns + 40
    private static let oneLoop: [Setting: String] = [.threads: "1"]

    private static func audience(of room: String, on server: TestServer) async throws -> [Guest] {
        var guests: [Guest] = []
        for number in 0..<watchers {
            let sync = number % 3 == 0 ? #","sync":"patch""# : ""
            guests.append(try await server.guest(in: room, #""as":"spectator"\#(sync)"#))
        }
        return guests
    }

    @Test func `Everybody hears all that is said in order, and sees the move after it, whole or as a patch`()
        async throws
    {
        try await withServer(games: ["tictactoe": #""spectators":500"#], flags: Self.oneLoop) { server in
            let (first, _) = try await server.pair("tictactoe")
            let audience = try await Self.audience(of: first.room, on: server)
            for number in 1...20 { try await first.send(#"{"type":"chat","data":{"text":"line \#(number)"}}"#) }
            try await first.move(#"{"row":0,"col":0}"#)
            for (number, watcher) in audience.enumerated() {
                for line in 1...20 {
                    #expect(try await watcher.skip(to: "chat").data["text"] == .string("line \(line)"))
                }
                try await watcher.skip(to: number % 3 == 0 ? "game_patch" : "game_state")
            }
        }
    }

    @Test func `What a watcher is told alone comes after what was said to all before, and nothing after its leaving`()
        async throws
    {
        try await withServer(games: ["dice": #""spectators":500"#], flags: Self.oneLoop) { server in
            let (first, _) = try await server.pair("dice")
            let audience = try await Self.audience(of: first.room, on: server)
            // The last in the ring, whose turn is not in this pass.
            guard let last = audience.last else { return }
            for number in 1...5 { try await last.send(#"{"type":"chat","data":{"text":"line \#(number)"}}"#) }
            try await last.send(#"{"type":"leave_room","id":"bye"}"#)
            let heard = try await last.client.collect(through: "leave_room_result")
            #expect(heard.filter { $0.type == "chat" }.map { $0.data["text"] } == (1...5).map { .string("line \($0)") })
            try await first.send(#"{"type":"chat","data":{"text":"afterwards"}}"#)
            try await audience[0].skip(to: "chat") { $0.data["text"] == "afterwards" }
            try await last.client.expectQuiet()
        }
    }

    @Test func `Whoever is gone before it has entered is not waited for`() async throws {
        try await withServer { server in
            let gone = ConnectionID(loop: 0, slot: 7, serial: 7)
            let hub = server.node.hubs[0]
            let membership = Membership(seat: nil, sync: .full, gameType: "dice", isRealTime: false)
            server.node.deliver(.entered(.numbered(1), membership), to: gone)
            // After the delivery, on the same loop.
            let isEmpty = try await hub.loop.submit { hub.assumeIsolated { $0.galleries.isEmpty } }.get()
            #expect(isEmpty)
        }
    }

    @Test func `Whoever goes takes nobody's turn along`() async throws {
        try await withServer(games: ["dice": #""spectators":500"#], flags: Self.oneLoop) { server in
            let host = try await server.host("dice")
            let audience = try await Self.audience(of: host.room, on: server)
            for (place, watcher) in audience.enumerated() where place % 2 == 0 { try await watcher.client.close() }
            try await host.send(#"{"type":"chat","data":{"text":"still there?"}}"#)
            for (place, watcher) in audience.enumerated() where place % 2 == 1 {
                #expect(try await watcher.skip(to: "chat").data["text"] == "still there?")
            }
        }
    }
}
