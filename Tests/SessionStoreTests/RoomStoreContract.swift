import SessionStore
import Testing

@Suite struct RoomStoreContract {
    @Test(arguments: StoreKind.allCases) func `a new room is handed out as it was made`(_ kind: StoreKind) async throws
    {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            #expect(try await store.append([Sample.created(room)]) == .stored)
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
            #expect(try await store.append([Sample.created(room)] + inputs) == .stored)
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
            #expect(try await store.append(commits) == .stored)
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
            #expect(try await store.append([Sample.input(room, 1, term: 1)]) == .refused(room))
            #expect(try await store.append([Sample.input(room, 1, term: second)]) == .stored)
            #expect(try await store.claim(room)?.term == 3)
        }
    }

    /// What does not fit a room at version 3, term 1.
    struct Misfit: CustomTestStringConvertible {
        let testDescription: String
        let report: @Sendable (RoomID) -> AppendReport
        let commit: @Sendable (RoomID) throws -> RoomCommit

        static func refused(_ name: String, _ commit: @escaping @Sendable (RoomID) throws -> RoomCommit) -> Misfit {
            Misfit(testDescription: name, report: AppendReport.refused, commit: commit)
        }

        static func behind(_ name: String, _ commit: @escaping @Sendable (RoomID) throws -> RoomCommit) -> Misfit {
            Misfit(testDescription: name, report: AppendReport.behind, commit: commit)
        }
    }

    static let misfits: [Misfit] = [
        .refused("an input that was stored before") { Sample.input($0, 3) },
        .refused("an input of version 0") { Sample.input($0, 0) },
        .refused("an input of an old term") { Sample.input($0, 4, term: 0) },
        .refused("an older snapshot") { Sample.snapshot($0, 2) },
        .refused("a snapshot of an old term") { Sample.snapshot($0, 9, term: 0) },
        .refused("a room made twice") { Sample.created($0) },
        .refused("a room made again by another owner") { Sample.created($0, term: 2) },
        .refused("a removal by an earlier owner") { Sample.removed($0, 3, term: 0) },
        .refused("a whole room of an old term") { Sample.rewritten($0, 9, term: 0) },
        .refused("a whole room with another's header") {
            Sample.rewritten($0, 9, header: Sample.header(try Sample.room("room-other")))
        },
        .refused("a confirmation of an older version") { Sample.confirmed($0, 2) },
        .refused("a confirmation by an earlier owner") { Sample.confirmed($0, 3, term: 0) },
        .behind("an input that skips one") { Sample.input($0, 5) },
        .behind("an input with its state that skips one") { Sample.input($0, 5, snapshot: "at 5") },
        .behind("an input of a term that was given and forgotten") { Sample.input($0, 4, term: 2) },
        .behind("a snapshot of a term that was given and forgotten") { Sample.snapshot($0, 9, term: 2) },
        .behind("a removal of a term that was given and forgotten") { Sample.removed($0, 3, term: 2) },
        .behind("a confirmation of a version that is not there") { Sample.confirmed($0, 4) },
        .behind("a confirmation of a term that was given and forgotten") { Sample.confirmed($0, 3, term: 2) },
    ]

    @Test(arguments: StoreKind.allCases, misfits)
    func `what does not fit is refused and changes nothing`(_ kind: StoreKind, _ misfit: Misfit) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room)] + (1...3).map { Sample.input(room, $0) })
            let commit = try misfit.commit(room)
            if kind.takesAnyRemoval, case .removed = commit.change, misfit.report(room) == .behind(room) { return }
            #expect(try await store.append([commit]) == misfit.report(room))
            #expect(try await store.append([Sample.input(room, 4)]) == .stored)
            let stored = try #require(try await store.claim(room))
            #expect(stored.inputs.count == 4)
            #expect(stored.snapshot == Array("new".utf8))
            #expect(stored.snapshotVersion == 0)
        }
    }

    @Test(arguments: StoreKind.allCases, ["input", "snapshot", "confirmed", "removed", "another's header"])
    func `of a room that is not there only the whole can be stored`(_ kind: StoreKind, _ change: String) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commit =
                switch change {
                case "input": Sample.input(room, 1)
                case "snapshot": Sample.snapshot(room, 1)
                case "confirmed": Sample.confirmed(room, 1)
                case "removed": Sample.removed(room, 1)
                default: Sample.created(room, header: Sample.header(try Sample.room("room-other")))
                }
            let isMade = if case .created = commit.change { true } else { false }
            let expected: AppendReport =
                isMade ? .refused(room) : change == "removed" && kind.takesAnyRemoval ? .stored : .behind(room)
            #expect(try await store.append([commit]) == expected)
            #expect(try await store.headers(after: nil, limit: 100) == [])
        }
    }

    @Test(arguments: StoreKind.allCases) func `of a room that does not fit, what fitted before is not stored either`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [Sample.created(room), Sample.input(room, 1), Sample.input(room, 3)]
            #expect(try await store.append(commits) == .behind(room))
            #expect(try await store.claim(room) == nil)
            #expect(try await store.append([Sample.created(room)]) == .stored)
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
            #expect(try await store.append(commits) == .behind(bad))
            #expect(try await store.claim(good)?.inputs.count == 2)
            #expect(try await store.claim(bad)?.inputs.count == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func `every room has its own version`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let rooms = try (0..<3).map { try Sample.room("room-number-\($0)") }
            _ = try await store.append(rooms.map { Sample.created($0) } + (1...5).map { Sample.input(rooms[0], $0) })
            #expect(try await store.append([Sample.input(rooms[1], 1), Sample.input(rooms[0], 6)]) == .stored)
            #expect(
                try await store.append([Sample.input(rooms[2], 6), Sample.input(rooms[1], 2)]) == .behind(rooms[2]))
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
            #expect(try await store.append(commits) == .stored)
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
            #expect(try await store.append([Sample.removed(room, 1)]) == .stored)
            #expect(try await store.claim(room) == nil)
            #expect(try await store.headers(after: nil, limit: 100) == [])
            #expect(try await store.append([Sample.created(room)]) == .stored)
            #expect(try await store.claim(room)?.inputs == [])
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room made and removed in one batch was never there`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            #expect(try await store.append([Sample.created(room), Sample.removed(room, 0)]) == .stored)
            #expect(try await store.claim(room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room is removed whatever version its owner had reached`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            #expect(try await store.append([Sample.created(room), Sample.removed(room, 99)]) == .stored)
            #expect(try await store.claim(room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room goes on at the version it was made at`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [Sample.created(room, version: 7), Sample.input(room, 8)]
            #expect(try await store.append(commits) == .stored)
            let stored = try #require(try await store.claim(room))
            #expect(stored.snapshotVersion == 7)
            #expect(stored.inputs.count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases) func `inputs and states of no bytes are kept`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let empty = Sample.commit(room, 1, .input([], snapshot: nil))
            #expect(try await store.append([Sample.created(room, snapshot: ""), empty]) == .stored)
            let stored = try #require(try await store.claim(room))
            #expect(stored.snapshot == [])
            #expect(stored.inputs == [[]])
        }
    }

    @Test(arguments: StoreKind.allCases) func `an append of nothing is answered`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let report = try await store.append([])
            #expect(report == .stored)
        }
    }

    @Test(arguments: StoreKind.allCases) func `of two owners that append at once one is shut out`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room)])
            let refusals = try await withThrowingTaskGroup { group in
                for _ in 0..<50 {
                    group.addTask { try await store.append([Sample.input(room, 1)]) }
                }
                return try await group.reduce(into: 0) { sum, report in sum += report.refused.count }
            }
            #expect(refusals == 49)
            #expect(try await store.claim(room)?.inputs.count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases, [nil, 1, 2] as [Term?])
    func `a whole room replaces what is stored of it, whatever that is`(_ kind: StoreKind, _ stored: Term?) async throws
    {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            if stored != nil { _ = try await store.append([Sample.created(room), Sample.input(room, 1)]) }
            if stored == 2 { _ = try await store.claim(room) }
            let commits = [Sample.rewritten(room, 7, term: 2, epoch: 3), Sample.input(room, 8, term: 2)]
            #expect(try await store.append(commits) == .stored)
            #expect(try await store.headers(after: nil, limit: 9) == [Sample.header(room)])
            let archive = try #require(try await store.archive(of: room))
            #expect(archive.start == Array("whole".utf8))
            #expect(archive.inputs == [Array("input 8".utf8)])
            let whole = try #require(try await store.claim(room))
            #expect(whole.term == 3)
            #expect(whole.epoch == 3)
            #expect(whole.snapshot == Array("whole".utf8))
            #expect(whole.snapshotVersion == 7)
            #expect(whole.inputs == [Array("input 8".utf8)])
        }
    }

    @Test(arguments: StoreKind.allCases) func `a confirmation changes nothing`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [
                Sample.created(room), Sample.input(room, 1), Sample.confirmed(room, 1), Sample.input(room, 2),
            ]
            #expect(try await store.append(commits) == .stored)
            let stored = try #require(try await store.claim(room))
            #expect(stored.snapshotVersion == 0)
            #expect(stored.inputs.count == 2)
        }
    }

    @Test(arguments: StoreKind.allCases) func `all rooms are listed`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let rooms = try (0..<20).map { try Sample.room("room-number-\($0)") }
            let made = rooms.enumerated().map { index, room in
                Sample.header(room, visibility: RoomVisibility(stored: index % 3))
            }
            _ = try await store.append(made.map { Sample.created($0.id, header: $0) })
            let headers = try await store.headers(after: nil, limit: 100)
            #expect(headers.count == made.count)
            #expect(made.allSatisfy(headers.contains))
        }
    }
}
