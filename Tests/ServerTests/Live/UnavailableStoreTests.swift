import SessionStore
import Testing

@testable import ParlorServer

@Suite("When the store fails", .serialized) struct UnavailableStoreTests {
    @Test(arguments: [FailingStore.Fault.beforeWriting, .afterWriting])
    func `a move is not acknowledged, not told, and counts once when it is sent again`(
        _ fault: FailingStore.Fault
    ) async throws {
        let store = FailingStore()
        let setup = ServerSetup(stores: Stores(rooms: store, sessions: MemorySessionStore()))
        try await TestServer.run(setup) { server in
            let (first, second) = try await server.pair("tictactoe")
            store.fail(fault)
            try await first.move(#"{"row":0,"col":0}"#, id: "a")
            let refusal = try await first.skip(to: "make_move_result")
            #expect(refusal["error"]?["code"] == "store_unavailable")
            #expect(refusal["error"]?["retryable"] == true)

            store.fail(nil)
            try await first.move(#"{"row":0,"col":0}"#, id: "a")
            let result = try await first.skip(to: "make_move_result")
            #expect(result["success"] == true)
            #expect((result.data["repeated"] == true) == (fault == .afterWriting))

            try await second.move(#"{"row":1,"col":1}"#, id: "b")
            let state = try await second.skip(to: "game_state") { $0.data["view"]?["board"]?[1]?[1] == "O" }
            #expect(state.data["view"]?["board"] == [["X", "", ""], ["", "O", ""], ["", "", ""]])
        }
    }

    @Test func `nobody is let into a room that could not be stored`() async throws {
        let store = FailingStore()
        let setup = ServerSetup(stores: Stores(rooms: store, sessions: MemorySessionStore()))
        try await TestServer.run(setup) { server in
            let guest = try await server.guest()
            store.fail(.beforeWriting)
            let join = #"{"type":"join_room","id":1,"gameType":"dice","data":{"create":true}}"#
            let refusal = try await guest.ask(join, "join_room_result")
            #expect(refusal["error"]?["code"] == "store_unavailable")
            store.fail(nil)
            let fresh = join.replacing(#""id":1"#, with: #""id":2"#)
            #expect(try await guest.ask(fresh, "join_room_result")["success"] == true)
        }
    }

    @Test func `a server full of rooms makes no more`() async throws {
        try await TestServer.run(ServerSetup(flags: [.maxRooms: "1"])) { server in
            _ = try await server.host("dice")
            let guest = try await server.guest()
            let refusal = try await guest.ask(
                #"{"type":"join_room","gameType":"pong","data":{"create":true}}"#, "join_room_result")
            #expect(refusal["error"]?["code"] == "server_busy")
            #expect(refusal["error"]?["retryAfterMs"] != nil)
        }
    }
}
