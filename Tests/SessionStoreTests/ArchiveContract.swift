import SessionStore
import Testing

@Suite struct ArchiveContract {
    @Test(arguments: StoreKind.allCases) func `a room's archive has everything it was ever told, trimmed or not`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits =
                [Sample.created(room)]
                + (1...9).map { Sample.input(room, $0, snapshot: $0 % 4 == 0 ? "at \($0)" : nil) }
            #expect(try await store.append(commits) == .stored)
            let archive = try #require(try await store.archive(of: room))
            #expect(archive.header == Sample.header(room))
            #expect(archive.start == Array("new".utf8))
            #expect(archive.inputs == (1...9).map { Array("input \($0)".utf8) })
        }
    }

    @Test(arguments: StoreKind.allCases) func `inputs that come with a state alone are archived in their order`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [
                Sample.created(room), Sample.snapshot(room, 60, "a", inputs: ["one", "two"]),
                Sample.snapshot(room, 120, "b"), Sample.snapshot(room, 180, "c", inputs: ["three"]),
            ]
            #expect(try await store.append(commits) == .stored)
            #expect(try await store.archive(of: room)?.inputs.map(text) == ["one", "two", "three"])
            #expect(try await store.claim(room)?.inputs == [])
        }
    }

    @Test(arguments: StoreKind.allCases) func `the archive outlives its room until its time is over`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [Sample.created(room), Sample.input(room, 1), Sample.removed(room, 1, archivedUntil: 100)]
            #expect(try await store.append(commits) == .stored)
            #expect(try await store.claim(room) == nil)
            #expect(try await store.removeExpiredArchives(now: 99) == 0)
            #expect(try await store.archive(of: room)?.inputs.map(text) == ["input 1"])
            #expect(try await store.removeExpiredArchives(now: 100) == 1)
            #expect(try await store.archive(of: room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `the archive of a room that lives has no end`(_ kind: StoreKind)
        async throws
    {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room), Sample.input(room, 1)])
            #expect(try await store.removeExpiredArchives(now: .max) == 0)
            #expect(try await store.archive(of: room)?.inputs.count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room that is not to be archived is not`(_ kind: StoreKind) async throws
    {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [Sample.created(room, isArchived: false), Sample.input(room, 1, snapshot: "at 1")]
            #expect(try await store.append(commits) == .stored)
            #expect(try await store.archive(of: room) == nil)
            #expect(try await store.append([Sample.removed(room, 1, archivedUntil: 100)]) == .stored)
            #expect(try await store.archive(of: room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room removed without a time leaves nothing`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [Sample.created(room), Sample.input(room, 1, snapshot: "at 1"), Sample.removed(room, 1)]
            #expect(try await store.append(commits) == .stored)
            #expect(try await store.archive(of: room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room made anew under an old id has an archive of its own`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let first = [
                Sample.created(room), Sample.input(room, 1, snapshot: "at 1"),
                Sample.removed(room, 1, archivedUntil: 100),
            ]
            #expect(try await store.append(first + [Sample.created(room, snapshot: "anew")]) == .stored)
            let archive = try #require(try await store.archive(of: room))
            #expect(archive.start.map { $0 } == Array("anew".utf8))
            #expect(archive.inputs == [])
            #expect(try await store.removeExpiredArchives(now: .max) == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a room made anew without an archive leaves none`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [
                Sample.created(room), Sample.input(room, 1), Sample.removed(room, 1, archivedUntil: 100),
                Sample.created(room, isArchived: false), Sample.input(room, 1, snapshot: "at 1"),
                Sample.removed(room, 1, archivedUntil: 200),
            ]
            #expect(try await store.append(commits) == .stored)
            #expect(try await store.archive(of: room) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func `a state under newer rules begins the archive anew`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [
                Sample.created(room), Sample.input(room, 1, snapshot: "at 1"),
                Sample.commit(room, 1, .migrated(Array("as it is now".utf8))), Sample.input(room, 2),
            ]
            #expect(try await store.append(commits) == .stored)
            let archive = try #require(try await store.archive(of: room))
            #expect(text(archive.start) == "as it is now")
            #expect(archive.inputs.map(text) == ["input 2"])
            #expect(text(try await store.claim(room)?.snapshot ?? []) == "as it is now")
        }
    }

    @Test(arguments: StoreKind.allCases) func `inputs of no bytes are archived too`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            let commits = [Sample.created(room), Sample.snapshot(room, 3, inputs: ["", "x", ""])]
            #expect(try await store.append(commits) == .stored)
            #expect(try await store.archive(of: room)?.inputs.map(text) == ["", "x", ""])
        }
    }

    @Test(arguments: StoreKind.allCases) func `the epoch is that of the newest state`(_ kind: StoreKind) async throws {
        try await kind.withRoomStore { store in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room), Sample.snapshot(room, 5, epoch: 4)])
            #expect(try await store.claim(room)?.epoch == 4)
        }
    }

    @Test(arguments: StoreKind.allCases) func `rooms are listed page by page, each once`(_ kind: StoreKind) async throws
    {
        try await kind.withRoomStore { store in
            let rooms = try (10..<35).map { try Sample.room("room-number-\($0)") }
            _ = try await store.append(rooms.shuffled().map { Sample.created($0) })
            var seen: [RoomID] = []
            while true {
                let page = try await store.headers(after: seen.last, limit: 7)
                guard !page.isEmpty else { break }
                #expect(page.count <= 7)
                seen += page.map(\.id)
            }
            #expect(seen == rooms)
        }
    }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
