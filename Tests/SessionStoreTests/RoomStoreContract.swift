import SessionStore
import Testing

@Suite struct RoomStoreContract {
    @Test(arguments: StoreKind.allCases) func `a new room is handed out as it was made`(_ kind: StoreKind) async throws
    {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            #expect(try await store.append([Sample.created(room)]) == [])
            let stored = try #require(try await store.claim(room))
            #expect(stored.header == Sample.header(room))
            #expect(stored.snapshot == Array("new".utf8))
            #expect(stored.snapshotVersion == 0)
            #expect(stored.inputs == [])
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room nobody made cannot be claimed`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            #expect(try await store.claim(room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `inputs come back in their order`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let inputs = (1...12).map { Sample.input(room, $0) }
            #expect(try await store.append([Sample.created(room)] + inputs) == [])
            let stored = try #require(try await store.claim(room))
            #expect(stored.inputs == (1...12).map { Array("input \($0)".utf8) })
        }
    }

    @Test(arguments: StoreKind.allCases) func `a snapshot makes the inputs before it superfluous`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [
                Sample.created(room), Sample.input(room, 1), Sample.input(room, 2, snapshot: "at 2"),
                Sample.input(room, 3),
            ]
            #expect(try await store.append(commits) == [])
            let stored = try #require(try await store.claim(room))
            #expect(stored.snapshot == Array("at 2".utf8))
            #expect(stored.snapshotVersion == 2)
            #expect(stored.inputs == [Array("input 3".utf8)])
        }
    }

    @Test(arguments: StoreKind.allCases) func `a claim shuts out every earlier owner`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room)])
            let second = try #require(try await store.claim(room)).term
            #expect(second == 2)
            #expect(try await store.append([Sample.input(room, 1, term: 1)]) == [room])
            #expect(try await store.append([Sample.input(room, 1, term: second)]) == [])
            #expect(try await store.claim(room)?.term == 3)
        }
    }

    /// What does not fit a room at version 3, term 1.
    static let misfits: [(String, @Sendable (RoomID) -> RoomCommit)] = [
        ("an input that was stored before", { Sample.input($0, 3) }),
        ("an input that skips one", { Sample.input($0, 5) }),
        ("an input of version 0", { Sample.input($0, 0) }),
        ("an old term", { Sample.input($0, 4, term: 0) }),
        ("a term that nobody has", { Sample.input($0, 4, term: 2) }),
        ("an older snapshot", { Sample.snapshot($0, 2) }),
        ("a snapshot of another term", { Sample.snapshot($0, 9, term: 2) }),
        ("a room made twice", { Sample.created($0) }),
        ("a removal by another owner", { Sample.removed($0, 3, term: 2) }),
    ]

    @Test(arguments: StoreKind.allCases, misfits.indices)
    func `what does not fit is refused and changes nothing`(_ kind: StoreKind, _ index: Int) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let inputs = (1...3).map { Sample.input(room, $0) }
            _ = try await store.append([Sample.created(room)] + inputs)
            #expect(try await store.append([Self.misfits[index].1(room)]) == [room])
            let stored = try #require(try await store.claim(room))
            #expect(stored.inputs.count == 3)
            #expect(stored.snapshotVersion == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func `one room that does not fit holds back nothing of the others`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let good = try Sample.room("room-good")
            let bad = try Sample.room("room-bad-")
            _ = try await store.append([Sample.created(good), Sample.created(bad)])
            let commits = [
                Sample.input(bad, 1), Sample.input(good, 1), Sample.input(bad, 7), Sample.input(good, 2),
            ]
            #expect(try await store.append(commits) == [bad])
            #expect(try await store.claim(good)?.inputs.count == 2)
            #expect(try await store.claim(bad)?.inputs.count == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func `snapshots alone may skip versions and repeat one`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [
                Sample.created(room), Sample.snapshot(room, 60, "a"), Sample.snapshot(room, 60, "b"),
                Sample.snapshot(room, 90, "c"),
            ]
            #expect(try await store.append(commits) == [])
            let stored = try #require(try await store.claim(room))
            #expect(stored.snapshot == Array("c".utf8))
            #expect(stored.snapshotVersion == 90)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a removed room is gone, and can be made again`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room), Sample.input(room, 1)])
            #expect(try await store.append([Sample.removed(room, 1)]) == [])
            #expect(try await store.claim(room) == nil)
            #expect(try await store.headers() == [])
            #expect(try await store.append([Sample.created(room)]) == [])
            #expect(try await store.claim(room)?.inputs == [])
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room made and removed in one batch was never there`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            #expect(try await store.append([Sample.created(room), Sample.removed(room, 0)]) == [])
            #expect(try await store.claim(room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `all rooms are listed`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let rooms = try (0..<20).map { try Sample.room("room-number-\($0)") }
            _ = try await store.append(rooms.map { Sample.created($0) })
            let headers = try await store.headers()
            #expect(Set(headers.map(\.id)) == Set(rooms))
            #expect(headers.allSatisfy { $0 == Sample.header($0.id) })
        }
    }
}
