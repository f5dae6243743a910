import NIOCore
import Testing

@testable import ParlorServer

@Suite struct `A room list that many watch` {
    /// More than have their turn at once on the only loop.
    private static let watchers = Limits.galleryTurns + 40
    private static let oneLoop: [Setting: String] = [.threads: "1"]

    /// Every third of dice alone, the others of all games.
    private static func audience(on server: TestServer) async throws -> [Guest] {
        var guests: [Guest] = []
        for number in 0..<watchers {
            let guest = try await server.guest()
            let game = number % 3 == 0 ? #","gameType":"dice""# : ""
            try await guest.ask(#"{"type":"watch_lobby"\#(game)}"#, "watch_lobby_result")
            guests.append(guest)
        }
        return guests
    }

    /// The list that a watcher has made of what it was told, up to when this room came.
    private static func list(of watcher: Guest, through last: String) async throws -> Set<String> {
        func ids(_ rows: JSON?) -> [String] { (rows?.array ?? []).compactMap { $0["roomId"]?.string } }
        var rooms = Set(ids(try await watcher.skip(to: "room_list").data["rooms"]))
        while !rooms.contains(last) {
            let update = try await watcher.skip(to: "room_list_update").data
            rooms.formUnion(ids(update["added"]))
        }
        return rooms
    }

    private static func galleries(of server: TestServer) async throws -> Int {
        let hub = server.node.hubs[0]
        return try await hub.loop.submit { hub.assumeIsolated { $0.galleries.count } }.get()
    }

    @Test func `Everybody makes the same list of what they are told`() async throws {
        try await withServer(flags: Self.oneLoop) { server in
            let old = try await server.host("dice")
            let audience = try await Self.audience(on: server)
            let other = try await server.host("tictactoe")
            let last = try await server.host("dice")
            for (number, watcher) in audience.enumerated() {
                let rooms = try await Self.list(of: watcher, through: last.room)
                #expect(rooms == Set([old.room, last.room] + (number % 3 == 0 ? [] : [other.room])))
            }
        }
    }

    @Test func `What one is told alone comes after what was said to all before`() async throws {
        try await withServer(flags: Self.oneLoop) { server in
            let audience = try await Self.audience(on: server)
            // Those of all games have their turns first, and of those of dice the last is told alone before its own.
            let index = Self.watchers - 1 - (Self.watchers - 1) % 3
            let last = ConnectionID(loop: 0, slot: index, serial: UInt64(index + 1))
            func message(_ type: String) -> Delivery { .message(Frame.text(ServerMessage.plain(type) { _ in })) }
            server.node.hubs[0].post([
                Parcel(to: .gallery(.lobby(RoomList(gameType: nil))), delivery: message("of_all")),
                Parcel(to: .gallery(.lobby(RoomList(gameType: "dice"))), delivery: message("of_dice")),
                Parcel(to: .one(last), delivery: message("alone")),
            ])
            let heard = try await audience[index].client.collect(through: "alone")
            #expect(heard.suffix(2).map(\.type) == ["of_dice", "alone"])
        }
    }

    @Test func `Whoever looks away hears nothing more`() async throws {
        try await withServer(flags: Self.oneLoop) { server in
            let audience = try await Self.audience(on: server)
            for watcher in audience {
                try await watcher.ask(#"{"type":"unwatch_lobby","id":1}"#, "unwatch_lobby_result")
            }
            #expect(try await Self.galleries(of: server) == 0)
            let host = try await server.host("dice")
            let another = try await server.guest()
            try await another.ask(#"{"type":"watch_lobby"}"#, "watch_lobby_result")
            try await server.guest(in: host.room).send(#"{"type":"leave_room"}"#)
            try await another.skip(to: "room_list_update")
            for watcher in audience { try await watcher.client.expectQuiet() }
        }
    }

    @Test func `Another game takes the place of the first, and whoever goes leaves none behind`() async throws {
        try await withServer(flags: Self.oneLoop) { server in
            let watcher = try await server.guest()
            for game in ["dice", "tictactoe"] {
                try await watcher.ask(#"{"type":"watch_lobby","gameType":"\#(game)"}"#, "watch_lobby_result")
                try await watcher.skip(to: "room_list")
            }
            _ = try await server.host("dice")
            let host = try await server.host("tictactoe")
            let update = try await watcher.skip(to: "room_list_update")
            #expect(update.data["added"]?.array?.map { $0["roomId"]?.string } == [host.room])
            #expect(try await Self.galleries(of: server) == 1)
            try await watcher.client.close()
            try await eventually { try await Self.galleries(of: server) == 0 }
        }
    }
}
