import SessionStore
import Synchronization
import Testing

@testable import ParlorServer

/// A server that starts again on what another one has stored.
@Suite("Recovery", .serialized) struct RecoveryTests {
    /// Lets somebody play in a server that then ends.
    private func played(_ rooms: MemoryRoomStore, _ play: (Guest, Guest) async throws -> Void) async throws -> Guest {
        let setup = ServerSetup(stores: Stores(rooms: rooms, sessions: MemorySessionStore()))
        let left = Mutex<Guest?>(nil)
        try await TestServer.run(setup) { server in
            let (first, second) = try await server.pair("tictactoe")
            try await play(first, second)
            left.withLock { $0 = first }
        }
        return try #require(left.withLock { $0 })
    }

    @Test func `who asks for a room is answered before the others are recovered`() async throws {
        let rooms = MemoryRoomStore()
        let first = try await played(rooms) { first, _ in
            try await first.move(#"{"row":0,"col":0}"#, id: "a")
            try await first.skip(to: "make_move_result")
        }
        let store = UnlistedStore(rooms)
        try await TestServer.run(ServerSetup(stores: Stores(rooms: store, sessions: MemorySessionStore()))) { server in
            let (back, result) = try await server.comeBack(first.clientId, to: first.room)
            #expect(result["success"] == true)
            let state = try await back.skip(to: "game_state")
            #expect(state.data["view"]?["board"]?[0]?[0] == "X")
            // A stranger finds it by its id, too.
            _ = try await server.guest(in: first.room, #""as":"spectator""#)
            store.list()
        }
    }

    @Test func `a room nobody ever made is none, though the others are not recovered`() async throws {
        let store = UnlistedStore(MemoryRoomStore())
        try await TestServer.run(ServerSetup(stores: Stores(rooms: store, sessions: MemorySessionStore()))) { server in
            let guest = try await server.guest()
            let refusal = try await guest.ask(
                #"{"type":"join_room","roomId":"no-such-room-1","data":{}}"#, "join_room_result")
            #expect(refusal["error"]?["code"] == "room_not_found")
            store.list()
        }
    }

    enum Spoiled: String, CaseIterable {
        case stateOfOtherRules, inputOfOtherRules, anotherState, unfittingInput, inputThatLeadsElsewhere

        var isOfOtherRules: Bool { self == .stateOfOtherRules || self == .inputOfOtherRules }

        func spoil(_ stored: inout Stored) {
            switch self {
            case .stateOfOtherRules: stored.rules += 1
            case .inputOfOtherRules: (stored.rules, stored.inputs) = (0, ["{}"])
            case .anotherState: stored.hash = "1"
            case .unfittingInput: stored.inputs = [#"{"at":[0,0],"input":{"voted":{"_0":0}}}"#]
            case .inputThatLeadsElsewhere:
                stored.inputs = [#"{"at":[0,0],"input":{"locked":{"_0":true}},"hash":"1"}"#]
            }
        }
    }

    @Test(arguments: Spoiled.allCases) func `a room is never replayed wrongly`(_ spoiling: Spoiled) async throws {
        let rooms = MemoryRoomStore()
        let first = try await played(rooms) { _, _ in }
        let room = try #require(RoomID(rawValue: first.room))
        let spoiled = MemoryRoomStore()
        var stored = try #require(Stored(try await rooms.claim(room)))
        spoiling.spoil(&stored)
        try await stored.put(into: spoiled)
        try await TestServer.run(ServerSetup(stores: Stores(rooms: spoiled, sessions: MemorySessionStore()))) {
            server in
            let (_, result) = try await server.comeBack(first.clientId, to: first.room)
            #expect(result["success"] == false)
        }
        // What cannot be played is kept for somebody to look at; what other rules have made is closed.
        #expect((try await spoiled.claim(room) == nil) == spoiling.isOfOtherRules)
    }

    /// What a store has of a room, with the parts that a test spoils.
    struct Stored {
        let header: RoomHeader
        var rules: Int
        var hash: String
        var inputs: [String] = []
        private let room: String

        init?(_ stored: StoredRoom?) {
            guard let stored, let state = StoredState(stored.snapshot), stored.inputs.isEmpty else { return nil }
            header = stored.header
            rules = state.rulesVersion
            hash = state.fingerprint.map { String($0, radix: 16) } ?? ""
            room = text(state.room)
        }

        func put(into store: MemoryRoomStore) async throws {
            let state = #"{"settled":true,"rules":\#(rules),"hash":"\#(hash)","room":\#(room)}"#
            let created = RoomCommit.Change.created(header, snapshot: bytes(state), isArchived: true)
            let commits =
                [RoomCommit(room: header.id, term: 1, epoch: 1, version: 0, change: created)]
                + inputs.enumerated().map { index, input in
                    RoomCommit(
                        room: header.id, term: 1, epoch: 1, version: UInt64(index) + 1,
                        change: .input(bytes(input), snapshot: nil))
                }
            let refused = await withCheckedContinuation { continuation in
                store.append(commits) { continuation.resume(returning: (try? $0.get()) ?? AppendReport()) }
            }
            #expect(refused.isEmpty)
        }
    }
}

/// A store whose list of rooms nobody gets until the test says so.
private final class UnlistedStore: RoomStore {
    private let store: MemoryRoomStore
    private let isListed = AsyncStream.makeStream(of: Void.self)

    init(_ store: MemoryRoomStore) { self.store = store }

    func list() { isListed.continuation.finish() }

    func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        for await _ in isListed.stream {}
        return try await store.headers(after: room, limit: limit)
    }

    func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        store.claim(room, completion: completion)
    }

    func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        store.append(commits, completion: completion)
    }

    func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? { try await store.archive(of: room) }
    func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int { 0 }
}

extension RoomStore {
    func claim(_ room: RoomID) async throws -> StoredRoom? {
        try await withCheckedThrowingContinuation { continuation in
            claim(room) { result in continuation.resume(with: result) }
        }
    }
}
