import GRDB
import Testing

@testable import SessionStore

@Suite struct FallbackRoomTests {
    private let clock = TestClock()
    private let redis = FakeRedis()

    private func withNode(_ body: (FallbackNode, String) async throws -> Void) async throws {
        try await withFolder { folder in
            let node = try await FallbackNode(redis, folder: folder, clock: clock)
            try await body(node, folder)
            await node.end()
        }
    }

    /// Ends the server and starts it on what it left.
    private func restart(
        _ node: FallbackNode, _ folder: String, _ body: (FallbackNode) async throws -> Void
    ) async throws {
        await node.end()
        let next = try await FallbackNode(redis, folder: folder, clock: clock)
        try await body(next)
        await next.end()
    }

    private func inRedis() async throws -> [RoomID] {
        try await redis.look { $0.rooms }.headers(after: nil, limit: 99).map(\.id)
    }

    private func inRedis(_ room: RoomID) async throws -> StoredRoom? {
        try await FakeRedis(redis.look(\.journal)).rooms.claim(room)
    }

    /// As a shard stores a room: when the store is behind, the whole of it.
    private func store(_ commit: RoomCommit, _ whole: RoomCommit, _ node: FallbackNode) async throws {
        let report = try await node.rooms.append([commit])
        if report == .stored { return }
        #expect(report == .behind(commit.room))
        #expect(try await node.rooms.append([whole]) == .stored)
    }

    @Test func `while Redis serves nothing is in SQLite`() async throws {
        try await withNode { node, _ in
            let room = try Sample.room()
            #expect(try await node.rooms.append([Sample.created(room), Sample.input(room, 1)]) == .stored)
            #expect(try await node.count("rooms") == 0)
            #expect(try await inRedis() == [room])
        }
    }

    @Test(arguments: [FakeRedis.Fate.failsBefore, .failsAfter, .comesLate])
    func `a room moves to SQLite when Redis fails, and back by its next commit`(_ fate: FakeRedis.Fate) async throws {
        try await withNode { node, _ in
            let room = try Sample.room()
            _ = try await node.rooms.append([Sample.created(room), Sample.input(room, 1)])
            redis.decide { _ in fate }
            try await store(Sample.input(room, 2), Sample.rewritten(room, 2, snapshot: "at 2"), node)
            #expect(!node.relay.serving.isPrimary)
            #expect(try await node.count("rooms") == 1)
            #expect(await node.relay.status.owedRooms == 1)
            #expect(try await node.rooms.append([Sample.input(room, 3)]) == .stored)
            redis.beGood()
            #expect(await node.heal())
            #expect(try await node.rooms.owedRooms(after: nil, limit: 9) == [Sample.header(room)])
            #expect(try await node.rooms.append([Sample.confirmed(room, 3)]) == .behind(room))
            #expect(try await node.rooms.append([Sample.rewritten(room, 3, snapshot: "at 3")]) == .stored)
            #expect(try await node.count("rooms") == 0)
            #expect(await node.relay.status.owedRooms == 0)
            redis.carryOutLate()
            #expect(try await inRedis(room)?.snapshot == Array("at 3".utf8))
            #expect(try await node.rooms.append([Sample.input(room, 4)]) == .stored)
            #expect(try await node.rooms.claim(room)?.inputs == [Array("input 4".utf8)])
        }
    }

    @Test func `a whole room that comes late does not undo what was stored since`() async throws {
        try await withNode { node, folder in
            let room = try Sample.room()
            redis.change { $0.isDown = true }
            _ = try await node.rooms.append([Sample.created(room), Sample.input(room, 1)])
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            redis.decide { _ in .comesLate }
            try await store(
                Sample.rewritten(room, 2, snapshot: "late"), Sample.rewritten(room, 2, snapshot: "at 2"), node)
            redis.beGood()
            #expect(await node.heal())
            try await store(Sample.input(room, 3), Sample.rewritten(room, 3, snapshot: "at 3"), node)
            #expect(try await node.count("rooms") == 0)
            redis.carryOutLate()
            try await restart(node, folder) { next in
                let stored = try await next.rooms.claim(room)
                #expect(stored?.snapshot == Array("at 3".utf8))
            }
        }
    }

    @Test(arguments: ["while Redis fails", "after it"])
    func `a room that comes late after its removal does not come back`(_ moment: String) async throws {
        try await withNode { node, folder in
            let room = try Sample.room()
            redis.decide { _ in .comesLate }
            #expect(try await node.rooms.append([Sample.created(room)]) == .stored)
            redis.beGood()
            if moment == "after it" {
                #expect(await node.heal())
                try await store(Sample.input(room, 1), Sample.rewritten(room, 1), node)
            }
            #expect(try await node.rooms.append([Sample.removed(room, 1)]) == .stored)
            #expect(await node.heal())
            redis.carryOutLate()
            #expect(try await inRedis() == [room])
            #expect(try await node.rooms.claim(room) == nil)
            #expect(try await node.rooms.headers(after: nil, limit: 9) == [])
            try await restart(node, folder) { next in
                let stored = try await next.rooms.claim(room)
                #expect(stored == nil)
                #expect(try await next.rooms.headers(after: nil, limit: 9) == [])
                clock.advance(FallbackPolicy.longestDelay)
                _ = try await next.rooms.removeExpiredArchives(now: clock.now)
                #expect(try await inRedis() == [])
                #expect(try await next.count("owed_removals") == 1)
                clock.advance(FallbackPolicy.longestDelay)
                _ = try await next.rooms.removeExpiredArchives(now: clock.now)
                #expect(try await next.count("owed_removals") == 0)
            }
        }
    }

    @Test(arguments: [false, true])
    func `a room that is removed while Redis fails is removed there when it is back`(_ isMoved: Bool) async throws {
        try await withNode { node, folder in
            let room = try Sample.room()
            _ = try await node.rooms.append([Sample.created(room), Sample.input(room, 1)])
            redis.change { $0.isDown = true }
            if isMoved { try await store(Sample.input(room, 2), Sample.rewritten(room, 2), node) }
            #expect(try await node.rooms.append([Sample.removed(room, 2, archivedUntil: 77)]) == .stored)
            #expect(try await node.rooms.claim(room) == nil)
            #expect(try await node.count("rooms") == 0)
            try await restart(node, folder) { next in
                let stored = try await next.rooms.claim(room)
                #expect(stored == nil)
                redis.change { $0.isDown = false }
                #expect(try await inRedis() == [room])
                #expect(await next.heal())
                #expect(try await inRedis() == [])
                #expect(try await next.rooms.removeExpiredArchives(now: 76) == 0)
                #expect(try await next.rooms.archive(of: room) != nil)
                #expect(try await next.rooms.removeExpiredArchives(now: 77) >= 1)
                #expect(try await next.rooms.archive(of: room) == nil)
            }
        }
    }

    @Test func `a room in SQLite that is removed when Redis is back is removed there too`() async throws {
        try await withNode { node, _ in
            let room = try Sample.room()
            _ = try await node.rooms.append([Sample.created(room)])
            redis.change { $0.isDown = true }
            try await store(Sample.input(room, 1), Sample.rewritten(room, 1), node)
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            #expect(try await node.rooms.append([Sample.removed(room, 1)]) == .stored)
            #expect(try await node.rooms.claim(room) == nil)
            #expect(try await node.rooms.headers(after: nil, limit: 9) == [])
            await node.relay.look()
            #expect(try await inRedis() == [])
        }
    }

    @Test func `a room made anew under the id of one that is to be removed is not lost`() async throws {
        try await withNode { node, folder in
            let room = try Sample.room()
            _ = try await node.rooms.append([Sample.created(room), Sample.input(room, 1)])
            redis.change { $0.isDown = true }
            _ = try await node.rooms.append([Sample.removed(room, 1)])
            #expect(try await node.rooms.append([Sample.created(room, snapshot: "anew")]) == .stored)
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            #expect(try await inRedis() == [])
            try await store(Sample.input(room, 1), Sample.rewritten(room, 1, snapshot: "anew, at 1"), node)
            #expect(try await node.count("owed_removals") == 0)
            clock.advance(FallbackPolicy.longestDelay)
            _ = try await node.rooms.removeExpiredArchives(now: clock.now)
            try await restart(node, folder) { next in
                let stored = try await next.rooms.claim(room)
                #expect(stored?.snapshot == Array("anew, at 1".utf8))
            }
        }
    }

    @Test func `what only Redis may have is unavailable, not unknown`() async throws {
        try await withNode { node, folder in
            let rooms = try (0..<3).map { try Sample.room("room-000\($0)") }
            _ = try await node.rooms.append([Sample.created(rooms[1])])
            redis.change { $0.isDown = true }
            for room in [rooms[0], rooms[1]] {
                let error = await #expect(throws: StoreError.self) { try await node.rooms.claim(room) }
                #expect(error?.code == .unavailable)
            }
            #expect(try await node.rooms.append([Sample.created(rooms[2])]) == .stored)
            #expect(try await node.rooms.headers(after: nil, limit: 9).map(\.id) == [rooms[2]])
            let error = await #expect(throws: StoreError.self) {
                try await node.rooms.headers(after: rooms[2], limit: 9)
            }
            #expect(error?.code == .unavailable)
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            #expect(try await node.rooms.headers(after: nil, limit: 9).map(\.id) == [rooms[1], rooms[2]])
            #expect(try await node.rooms.claim(rooms[0]) == nil)
        }
    }

    @Test(arguments: 1...8) func `rooms of both are listed in order, each once, page by page`(_ limit: Int) async throws
    {
        try await withNode { node, _ in
            let rooms = try (10..<40).map { try Sample.room("room-00\($0)") }
            let inRedis = rooms.enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
            _ = try await node.rooms.append(inRedis.map { Sample.created($0) })
            redis.change { $0.isDown = true }
            for room in inRedis.suffix(4) { try await store(Sample.input(room, 1), Sample.rewritten(room, 1), node) }
            for room in rooms where !inRedis.contains(room) {
                _ = try await node.rooms.append([Sample.created(room)])
            }
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            // Removed, and there again: whole pages of them.
            let gone = Array(inRedis.prefix(12))
            let snapshots = gone.map { Sample.created($0) }
            _ = try await node.rooms.append(gone.map { Sample.removed($0, 0) })
            redis.change { state in state.rooms.append(snapshots) { _ in } }
            var listed: [RoomID] = []
            while let page = Optional(try await node.rooms.headers(after: listed.last, limit: limit)), !page.isEmpty {
                #expect(page.count <= limit)
                listed += page.map(\.id)
            }
            #expect(listed == rooms.filter { !gone.contains($0) })
        }
    }

    @Test func `what SQLite cannot delete was not stored`() async throws {
        try await withNode { node, folder in
            let room = try Sample.room()
            redis.change { $0.isDown = true }
            _ = try await node.rooms.append([Sample.created(room), Sample.input(room, 1)])
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            try await node.database.perform { db in
                try db.execute(
                    sql: "CREATE TRIGGER kept BEFORE DELETE ON rooms BEGIN SELECT RAISE(ABORT, 'full'); END")
            }
            await #expect(throws: StoreError.self) { try await node.rooms.append([Sample.rewritten(room, 2)]) }
            #expect(try await inRedis() == [room])
            // For whoever claims it again the record in SQLite is the newest.
            #expect(try await node.rooms.claim(room)?.version == 1)
            try await node.database.perform { db in try db.execute(sql: "DROP TRIGGER kept") }
            try await restart(node, folder) { next in
                let stored = try #require(try await next.rooms.claim(room))
                #expect(stored.version == 1)
                let whole = Sample.rewritten(room, 1, term: stored.term, snapshot: "at 1")
                #expect(try await next.rooms.append([whole]) == .stored)
                #expect(try await inRedis(room)?.snapshot == Array("at 1".utf8))
            }
        }
    }

    @Test func `a room counts as stored in Redis only when SQLite has forgotten it`() async throws {
        try await withNode { node, folder in
            let room = try Sample.room()
            redis.change { $0.isDown = true }
            _ = try await node.rooms.append([Sample.created(room)])
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            let reader = SQLiteReader(folder: folder)
            let rooms = await withCheckedContinuation { continuation in
                node.rooms.append([Sample.rewritten(room, 0)]) { _ in
                    continuation.resume(returning: try? reader.rooms(after: nil, limit: 9).count)
                }
            }
            #expect(rooms == 0)
        }
    }

    @Test func `an earlier owner is shut out wherever the room is`() async throws {
        try await withNode { node, _ in
            let room = try Sample.room()
            redis.change { $0.isDown = true }
            _ = try await node.rooms.append([Sample.created(room)])
            let second = try #require(try await node.rooms.claim(room)).term
            #expect(try await node.rooms.append([Sample.input(room, 1)]) == .refused(room))
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            for commit in [Sample.input(room, 1), Sample.rewritten(room, 1), Sample.removed(room, 1)] {
                #expect(try await node.rooms.append([commit]) == .refused(room))
            }
            #expect(try await node.rooms.append([Sample.rewritten(room, 1, term: second)]) == .stored)
            #expect(try await node.rooms.append([Sample.input(room, 2)]) == .refused(room))
        }
    }

    @Test func `a room that Redis lost is behind when it is confirmed`() async throws {
        try await withNode { node, _ in
            let room = try Sample.room()
            _ = try await node.rooms.append([Sample.created(room)])
            let heard = OneWay()
            var listener = FallbackSwitch.Listener()
            listener.onSuspicion = { heard.set() }
            await node.relay.listen(listener)
            redis.loseAll()
            await node.relay.look()
            #expect(heard.isDone && node.relay.serving.isPrimary)
            #expect(try await node.rooms.append([Sample.confirmed(room, 0)]) == .behind(room))
            #expect(try await node.rooms.append([Sample.rewritten(room, 0)]) == .stored)
            #expect(try await inRedis() == [room])
        }
    }
}
