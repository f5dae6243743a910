import RedisClient
import RedisLab
import SessionStore
import Testing

@Suite struct RedisRoomStoreTests {
    /// A store on a Redis of its own, and that Redis.
    private func withStore(
        _ options: RedisServer.Options = .init(), _ body: (RedisRoomStore, RedisServer) async throws -> Void
    ) async throws {
        try await RedisServer.with(options) { server in
            try await withConnection(to: server.port) { connection in
                try await body(RedisRoomStore(connection, keys: RedisKeys(prefix: "test:"), clock: { 0 }), server)
            }
        }
    }

    // MARK: What a cluster wants

    @Test func `no command and no script touches what may lie on two nodes of a cluster`() async throws {
        var options = RedisServer.Options()
        options.isCluster = true
        try await RedisServer.with(options) { server in
            try await withConnection(to: server.port) { connection in
                let keys = RedisKeys(prefix: "test:")
                let store = RedisRoomStore(connection, keys: keys, clock: { 0 })
                let (room, other) = (try Sample.room(), try Sample.room("room-other"))
                let all = [
                    Sample.created(room), Sample.created(other), Sample.input(room, 1),
                    Sample.input(room, 2, snapshot: "at 2"), Sample.confirmed(room, 2), Sample.rewritten(other, 4),
                    Sample.snapshot(room, 5, inputs: ["a"]), Sample.commit(room, 5, .migrated(Array("new".utf8))),
                    Sample.input(room, 6),
                ]
                #expect(try await store.append(all) == .stored)
                #expect(try await store.claim(room)?.inputs.count == 1)
                #expect(try await store.headers(after: nil, limit: 9).count == 2)
                #expect(try await store.archive(of: room)?.inputs.count == 1)
                #expect(try await store.append([Sample.removed(room, 6, term: 2, archivedUntil: 5)]) == .stored)
                #expect(try await store.removeExpiredArchives(now: 5) == 1)
                let sessions = RedisSessionStore(connection, keys: keys, clock: { 0 })
                let session = Session(client: ClientKey(rawValue: "abc"), expiresAt: 1000)
                try await sessions.save(session)
                #expect(try await sessions.load(session.client, now: 0) == session)
                try await sessions.remove(session.client, revision: 0)
                _ = try await RedisPulse(connection, keys: keys, owner: "a").look()
            }
        }
    }

    // MARK: Rooms that have ended

    @Test(arguments: [(2, true), (3, true), (4, false)] as [(Term, Bool)])
    func `an owner that was away does not bring back what another has ended`(
        _ term: Term, _ isRefused: Bool
    ) async throws {
        try await withStore { store, _ in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room)])
            _ = try await store.claim(room)
            #expect(try await store.claim(room)?.term == 3)
            #expect(try await store.append([Sample.removed(room, 0, term: 3)]) == .stored)
            let back = try await store.append([Sample.rewritten(room, 9, term: term)])
            #expect(back == (isRefused ? .refused(room) : .stored))
            #expect(try await store.append([Sample.input(room, 1, term: 2)]) == .refused(room))
            #expect((try await store.claim(room) == nil) == isRefused)
        }
    }

    @Test func `a room that has ended is remembered for an hour, and its id can be used again`() async throws {
        try await withStore { store, server in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room), Sample.removed(room, 0)])
            let life = try #require(try server.command("PTTL", "test:room:{\(room)}").integer)
            #expect(life > 3_500_000 && life <= 3_600_000)
            #expect(try await store.append([Sample.created(room)]) == .stored)
            #expect(try server.command("PTTL", "test:room:{\(room)}").integer == -1)
            #expect(try await store.claim(room) != nil)
        }
    }

    @Test func `of a room that has ended nothing is left in the end`() async throws {
        try await withStore { store, server in
            let room = try Sample.room()
            let life = [
                Sample.created(room), Sample.input(room, 1, snapshot: "a"), Sample.removed(room, 1, archivedUntil: 9),
            ]
            _ = try await store.append(life)
            #expect(try await store.removeExpiredArchives(now: 9) == 1)
            #expect(try server.command("DEL", "test:room:{\(room)}").integer == 1)
            #expect(try server.command("DBSIZE").integer == 0)
        }
    }

    // MARK: Indexes

    @Test func `what a crash left in the lists is not shown, and tidied up`() async throws {
        try await withStore { store, server in
            let (half, ended, lives) = ("room-half", "room-ended", try Sample.room("room-lives"))
            _ = try await store.append([Sample.created(lives)])
            // Named, and never made; ended, and still named.
            for room in [half, ended] {
                try server.command("ZADD", "test:rooms", "0", room)
                try server.command("ZADD", "test:due", "10", room)
            }
            try server.command("HSET", "test:room:{\(ended)}", "gone", "00000000000000000001")
            #expect(try await store.headers(after: nil, limit: 9).map(\.id) == [lives])
            #expect(try await store.removeExpiredArchives(now: 9) == 0)
            #expect(try server.command("ZCARD", "test:rooms").integer == 3)
            #expect(try await store.removeExpiredArchives(now: .max) == 0)
            #expect(try server.command("ZCARD", "test:rooms").integer == 1)
            #expect(try server.command("ZCARD", "test:due").integer == 0)
            #expect(try await store.headers(after: nil, limit: 9).map(\.id) == [lives])
        }
    }

    @Test func `a page of rooms that are not there is not the end`() async throws {
        try await withStore { store, server in
            for number in 10..<40 { try server.command("ZADD", "test:rooms", "0", "room-gone-\(number)") }
            let last = try Sample.room("room-last")
            _ = try await store.append([Sample.created(last)])
            #expect(try await store.headers(after: nil, limit: 4).map(\.id) == [last])
            #expect(try await store.headers(after: last, limit: 4) == [])
        }
    }

    // MARK: Many, and at once

    @Test func `more rooms than go in one pipeline are all stored, but for those that do not fit`() async throws {
        try await withStore { store, _ in
            let rooms = try (1000..<2000).map { try Sample.room("room-\($0)") }
            #expect(try await store.append(rooms.map { Sample.created($0) }) == .stored)
            let bad = Set([rooms[0], rooms[300], rooms[999]])
            let commits = rooms.map { Sample.input($0, bad.contains($0) ? 3 : 1) }
            #expect(try await store.append(commits) == AppendReport(behind: bad))
            #expect(try await store.append(rooms.filter { !bad.contains($0) }.map { Sample.input($0, 2) }) == .stored)
        }
    }

    @Test func `trims that meet keep every input once, in its order`() async throws {
        try await withStore { store, _ in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room)])
            try await withThrowingTaskGroup { group in
                for version in 1...200 as ClosedRange<UInt64> {
                    // In the order in which they were begun, though none waits for the one before.
                    let commit = Sample.input(room, version, snapshot: version % 3 == 0 ? "at \(version)" : nil)
                    let stored = AsyncStream.makeStream(of: Result<AppendReport, StoreError>.self)
                    store.append([commit]) { stored.continuation.yield($0) }
                    group.addTask {
                        for await result in stored.stream { return try result.get() == .stored }; return false
                    }
                    if version % 3 == 0 { try await group.waitForAll() }
                }
                try await group.waitForAll()
            }
            let inputs = try #require(try await store.archive(of: room)).inputs
            #expect(inputs == (1...200).map { Array("input \($0)".utf8) })
        }
    }

    // MARK: What somebody else has written

    @Test(arguments: ["term", "epoch", "version", "base", "game", "private", "created", "snapshot"])
    func `a record without one of its parts is not handed out`(_ part: String) async throws {
        try await withStore { store, server in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room), Sample.input(room, 1)])
            try server.command("HDEL", "test:room:{\(room)}", part)
            let error = await #expect(throws: StoreError.self) { try await store.claim(room) }
            #expect(error?.code == .corrupt)
        }
    }

    @Test(arguments: [
        ["LPOP", "test:room:{room-1234}:log"], ["RPUSH", "test:room:{room-1234}:log", "x"],
        ["HSET", "test:room:{room-1234}", "term", "many"], ["HSET", "test:room:{room-1234}", "created", "long ago"],
        ["SET", "test:room:{room-1234}", "a text"], ["SET", "test:room:{room-1234}:log", "a text"],
    ])
    func `a record that cannot be is not handed out, and its owner stays`(_ spoiling: [String]) async throws {
        try await withStore { store, server in
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room), Sample.input(room, 1)])
            let before = try server.command("HGET", "test:room:{\(room)}", "term")
            try server.command(spoiling)
            let error = await #expect(throws: StoreError.self) { try await store.claim(room) }
            #expect(error?.code == .corrupt)
            let after = try server.command("HGET", "test:room:{\(room)}", "term")
            #expect(
                after == before || spoiling.contains("term") || spoiling.contains("created") || spoiling[0] == "SET")
        }
    }

    // MARK: When Redis or the wire fails

    @Test func `what was acknowledged is there after a kill`() async throws {
        var options = RedisServer.Options()
        options.appendFsync = .always
        try await withStore(options) { store, server in
            let rooms = try (1000..<1020).map { try Sample.room("room-\($0)") }
            _ = try await store.append(rooms.map { Sample.created($0) })
            let (appends, appended) = AsyncStream.makeStream(of: Void.self)
            let acknowledged = await withTaskGroup { group in
                for room in rooms {
                    group.addTask { () -> (RoomID, UInt64) in
                        var version: UInt64 = 0
                        while let report = try? await store.append([Sample.input(room, version + 1)]), report.isEmpty {
                            version += 1
                            appended.yield()
                        }
                        return (room, version)
                    }
                }
                // In the middle of it, however busy the machine is.
                for await _ in appends.prefix(1000) {}
                try? await server.kill()
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            try await server.restart()
            for (room, version) in acknowledged {
                let inputs = try #require(try await claimWhenBack(room, store)).inputs
                #expect(inputs.count >= Int(version))
                #expect(inputs == (0..<inputs.count).map { Array("input \($0 + 1)".utf8) })
            }
            #expect(acknowledged.values.contains { $0 > 0 })
        }
    }

    private func claimWhenBack(_ room: RoomID, _ store: RedisRoomStore) async throws -> StoredRoom? {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            do { return try await store.claim(room) } catch let error as StoreError {
                guard error.code == .unavailable, ContinuousClock.now < end else { throw error }
            }
        }
    }

    /// What a room goes through, step by step.
    private static func life(_ room: RoomID) -> [RoomCommit] {
        [
            Sample.created(room), Sample.input(room, 1), Sample.input(room, 2, snapshot: "at 2"),
            Sample.snapshot(room, 3, inputs: ["three"]), Sample.removed(room, 3, archivedUntil: 100),
        ]
    }

    /// Before the bytes reach Redis, or after it has done what they say.
    @Test(arguments: 0..<5, [FaultProxy.Direction.toServer, .toClient])
    func `a wire that is cut at any step leaves the room before it or behind it`(
        _ step: Int, _ direction: FaultProxy.Direction
    ) async throws {
        try await RedisServer.with { server in
            try await FaultProxy.with(to: server.port) { proxy in
                try await withConnection(to: proxy.port) { connection in
                    let store = RedisRoomStore(connection, keys: RedisKeys(prefix: "test:"), clock: { 0 })
                    let room = try Sample.room()
                    let life = Self.life(room)
                    for commit in life[..<step] { #expect(try await store.append([commit]) == .stored) }
                    try await proxy.hold(direction)
                    let appending = Task { try await store.append([life[step]]) }
                    try await proxy.waitUntilHeld(direction)
                    try await proxy.cut()
                    let error = await #expect(throws: StoreError.self) { try await appending.value }
                    #expect(error?.code == .unavailable)
                    try await proxy.pass()
                    let stored = try await claimWhenBack(room, store)
                    let (before, after) = (try await Self.record(life[..<step]), try await Self.record(life[...step]))
                    #expect(stored == before || stored == after)
                    guard let stored else { return }
                    // Whoever has the room goes on with it.
                    let next = Sample.input(room, stored.version + 1, term: stored.term)
                    #expect(try await store.append([next]) == .stored)
                }
            }
        }
    }

    private static func record(_ commits: ArraySlice<RoomCommit>) async throws -> StoredRoom? {
        let model = MemoryRoomStore()
        _ = try await model.append(Array(commits))
        return try await model.claim(try Sample.room())
    }
}
