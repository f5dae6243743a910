import NIOCore
import SessionStore
import Testing

@testable import ParlorServer

@Suite("When the store has lost something", .serialized) struct ForgetfulStoreTests {
    private let store = ForgetfulStore()
    private var setup: ServerSetup { ServerSetup(stores: Stores(rooms: store, sessions: MemorySessionStore())) }

    @Test(arguments: [0, 1, 3, 4]) func `the game goes on, and all of it is stored again`(_ kept: Int) async throws {
        var first: Guest?
        try await TestServer.run(setup) { server in
            let pair = try await server.pair("tictactoe")
            first = pair.0
            for index in 0..<4 {
                let (guest, other) = index % 2 == 0 ? pair : (pair.1, pair.0)
                if index == 2 { store.forget(after: min(kept, store.appends)) }
                try await guest.move(#"{"row":\#(index / 3),"col":\#(index % 3)}"#, id: "\(index)")
                #expect(try await guest.skip(to: "make_move_result")["success"] == true)
                // Both have seen it before the next one moves.
                _ = try await other.skip(to: "game_state") {
                    $0.data["view"]?["board"]?[index / 3]?[index % 3] != ""
                }
            }
        }
        // The next server finds what was acknowledged.
        try await TestServer.run(setup) { server in
            let guest = try #require(first)
            let (again, result) = try await server.comeBack(guest.clientId, to: guest.room)
            #expect(result["success"] == true)
            #expect(
                try await again.skip(to: "game_state").data["view"]?["board"] == [
                    ["X", "O", "X"], ["O", "", ""], ["", "", ""],
                ])
        }
    }

    @Test(arguments: ["tictactoe", "pong"]) func `a room in which nobody moves is stored again when it is confirmed`(
        _ game: String
    ) async throws {
        try await TestServer.run(setup) { server in
            let host = try await server.host(game)
            let room = try #require(RoomID(rawValue: host.room))
            store.forget(after: 0)
            #expect(try await store.headers(after: nil, limit: 9) == [])
            try await server.confirm(room)
            #expect(try await store.headers(after: nil, limit: 9).map(\.id) == [room])
        }
    }

    @Test func `a confirmed room that is all there keeps its archive`() async throws {
        try await TestServer.run(setup) { server in
            let host = try await server.host("tictactoe")
            let room = try #require(RoomID(rawValue: host.room))
            let before = try await store.archive(of: room)
            try await server.confirm(room)
            #expect(try await store.archive(of: room) == before)
            #expect(before?.inputs.isEmpty == false)
        }
    }
}

extension TestServer {
    /// Has a room confirmed, and returns when that has been to the store and back, and what came of it too.
    fileprivate func confirm(_ room: RoomID) async throws {
        for _ in 0..<10 {
            let confirmed = node.hubs[0].loop.makePromise(of: Void.self)
            node.shard(of: room).post(.confirm(room, confirmed))
            try await confirmed.futureResult.get()
            let looked = node.hubs[0].loop.makePromise(of: RoomPeek?.self)
            node.shard(of: room).post(.peek(room, looked))
            _ = try await looked.futureResult.get()
        }
    }
}
