import Synchronization
import Testing

@testable import SessionStore

@Suite struct FallbackSessionTests {
    private let clock = TestClock()
    private let redis = FakeRedis()
    private let client = ClientKey(rawValue: "a")

    private func session(_ revision: UInt64, client: String = "a") -> Session {
        var session = Session(client: ClientKey(rawValue: client), expiresAt: .max)
        session.revision = revision
        return session
    }

    private func withNode(_ body: (FallbackNode, String) async throws -> Void) async throws {
        try await withFolder { folder in
            let node = try await FallbackNode(redis, folder: folder, clock: clock)
            try await body(node, folder)
            await node.end()
        }
    }

    private func stored(_ client: String = "a") -> Session? { redis.look { $0.sessions[ClientKey(rawValue: client)] } }

    @Test func `while Redis serves nothing is in SQLite`() async throws {
        try await withNode { node, _ in
            try await node.sessions.save(session(1))
            #expect(stored() == session(1))
            #expect(try await node.count("owed_sessions") == 0)
        }
    }

    @Test(arguments: [FakeRedis.Fate.failsBefore, .failsAfter, .comesLate])
    func `who saves does not notice that Redis fails`(_ fate: FakeRedis.Fate) async throws {
        try await withNode { node, _ in
            redis.decide { _ in fate }
            try await node.sessions.save(session(1))
            #expect(!node.relay.serving.isPrimary)
            #expect(try await node.sessions.load(client, now: 0) == session(1))
            #expect(await node.relay.status.owedSessions == 1)
            redis.beGood()
            #expect(await node.heal())
            #expect(stored() == session(1))
            #expect(await node.relay.status.owedSessions == 0)
            #expect(try await node.count("owed_sessions") == 0)
        }
    }

    @Test func `Redis is not asked any more once it failed`() async throws {
        try await withNode { node, _ in
            redis.change { $0.isDown = true }
            try await node.sessions.save(session(1))
            let calls = redis.look { $0.calls }
            for revision in 2...9 { try await node.sessions.save(session(UInt64(revision))) }
            #expect(try await node.sessions.load(client, now: 0) == session(9))
            #expect(redis.look { $0.calls } == calls)
            #expect(await node.relay.status.owedSessions == 1)
        }
    }

    @Test func `a session that only Redis may have is unavailable, not unknown`() async throws {
        try await withNode { node, _ in
            redis.change { $0.isDown = true }
            let error = await #expect(throws: StoreError.self) { try await node.sessions.load(client, now: 0) }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func `what was saved to Redis or loaded from it is known when it fails`() async throws {
        try await withNode { node, folder in
            try await node.sessions.save(session(4))
            redis.change { $0.isDown = true }
            #expect(try await node.sessions.load(client, now: 0) == session(4))
        }
        redis.change { $0.isDown = false }
        try await withNode { node, _ in
            let loaded = try await node.sessions.load(client, now: 0)
            redis.change { $0.isDown = true }
            let known = try await node.sessions.load(client, now: 0)
            #expect(loaded == session(4) && known == session(4))
        }
    }

    @Test func `a removal while Redis fails is made up for`() async throws {
        try await withNode { node, _ in
            try await node.sessions.save(session(4))
            redis.change { $0.isDown = true }
            try await node.sessions.remove(client, revision: 4)
            #expect(try await node.sessions.load(client, now: 0) == nil)
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            #expect(stored() == nil)
            #expect(try await node.sessions.load(client, now: 0) == nil)
        }
    }

    @Test func `reads return to Redis only when all is paid`() async throws {
        try await withNode { node, _ in
            try await node.sessions.save(session(1))
            redis.change { $0.isDown = true }
            for number in 0..<600 { try await node.sessions.save(session(2, client: "\(number)")) }
            try await node.sessions.save(session(2))
            redis.change { $0.isDown = false }
            // The last of them fails.
            let calls = redis.look { $0.calls }
            redis.decide { $0 == calls + 601 ? .failsBefore : .done }
            await node.relay.look()
            #expect(!node.relay.serving.isPrimary && stored() == session(1))
            #expect(try await node.sessions.load(client, now: 0) == session(2))
            await node.relay.look()
            #expect(node.relay.serving.isPrimary && stored() == session(2))
        }
    }

    @Test func `of what was paid only what was not written meanwhile is owed no longer`() async throws {
        try await withDatabase { database in
            let owed = try await OwedSessions(database)
            try await owed.save(session(1))
            let rows = try await owed.page(upTo: owed.newest, limit: 9)
            try await owed.save(session(2))
            try await owed.settle(rows, at: 0)
            #expect(owed.count == 1)
            #expect(try await owed.page(upTo: owed.newest, limit: 9).map(\.session) == [session(2)])
            #expect(try await owed.page(upTo: rows[0].number, limit: 9) == [])
        }
    }

    @Test(arguments: [false, true])
    func `a save that comes late does not undo a removal`(_ isOwed: Bool) async throws {
        try await withNode { node, folder in
            redis.decide { _ in .comesLate }
            try await node.sessions.save(session(5))
            redis.beGood()
            if !isOwed { #expect(await node.heal()) }
            try await node.sessions.remove(client, revision: 6)
            #expect(await node.heal())
            redis.carryOutLate()
            #expect(stored() == session(5))
            #expect(try await node.sessions.load(client, now: 0) == nil)

            await node.end()
            let next = try await FallbackNode(redis, folder: folder, clock: clock)
            #expect(try await next.sessions.load(client, now: 0) == nil)
            clock.advance(FallbackPolicy.longestDelay)
            try await next.sessions.removeExpired(now: 0)
            #expect(stored() == nil)
            #expect(try await next.count("owed_sessions") == 1)
            clock.advance(FallbackPolicy.longestDelay)
            try await next.sessions.removeExpired(now: 0)
            #expect(try await next.count("owed_sessions") == 0)
            await next.end()
        }
    }

    @Test func `who comes again after a removal is not taken for what came late`() async throws {
        try await withNode { node, folder in
            try await node.sessions.save(session(5))
            try await node.sessions.remove(client, revision: 6)
            #expect(try await node.count("owed_sessions") == 1)
            try await node.sessions.save(session(2))
            #expect(try await node.sessions.load(client, now: 0) == session(2))
            #expect(try await node.count("owed_sessions") == 0)
            await node.end()
            let next = try await FallbackNode(redis, folder: folder, clock: clock)
            #expect(try await next.sessions.load(client, now: 0) == session(2))
            await next.end()
        }
    }

    @Test func `what Redis has just lost is known, though nobody has looked yet`() async throws {
        try await withNode { node, _ in
            try await node.sessions.save(session(1))
            redis.loseAll()
            #expect(try await node.sessions.load(client, now: 0) == session(1))
            try await node.sessions.remove(client, revision: 1)
            #expect(try await node.sessions.load(client, now: 0) == nil)
        }
    }

    @Test func `what Redis lost is written again`() async throws {
        try await withNode { node, _ in
            for number in 0..<300 { try await node.sessions.save(session(1, client: "\(number)")) }
            try await node.sessions.remove(ClientKey(rawValue: "7"), revision: 1)
            redis.loseAll()
            await node.relay.look()
            #expect(node.relay.serving.isPrimary)
            #expect(redis.look { $0.sessions.count } == 299)
            #expect(stored("7") == nil)
        }
    }

    @Test func `what a replica had not heard of is written again`() async throws {
        try await withNode { node, _ in
            try await node.sessions.save(session(1))
            try await node.sessions.save(session(2))
            redis.loseLast(1)
            #expect(stored() == session(1))
            await node.relay.look()
            #expect(stored() == session(2))
        }
    }

    @Test func `what Redis did not take is there after a restart, and paid then`() async throws {
        try await withFolder { folder in
            let node = try await FallbackNode(redis, folder: folder, clock: clock)
            try await node.sessions.save(session(1, client: "b"))
            redis.change { $0.isDown = true }
            try await node.sessions.save(session(1))
            try await node.sessions.remove(ClientKey(rawValue: "b"), revision: 1)
            await node.end()
            let next = try await FallbackNode(redis, folder: folder, clock: clock)
            #expect(await next.relay.status.owedSessions == 2)
            #expect(try await next.sessions.load(client, now: 0) == session(1))
            #expect(try await next.sessions.load(ClientKey(rawValue: "b"), now: 0) == nil)
            redis.change { $0.isDown = false }
            #expect(await next.heal())
            #expect(stored() == session(1) && stored("b") == nil)
            await next.end()
        }
    }

    @Test func `what the server kept before it had Redis is owed`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            for number in 0..<10 { try await SQLiteSessionStore(database).save(session(3, client: "\(number)")) }
            await database.close()
            let node = try await FallbackNode(redis, folder: folder, clock: clock)
            #expect(redis.look { $0.sessions.count } == 10)
            #expect(try await node.count("sessions") == 0)
            await node.end()
        }
    }

    @Test func `what expires while Redis fails is removed there too`() async throws {
        try await withNode { node, _ in
            var first = session(1)
            first.expiresAt = 1000
            try await node.sessions.save(first)
            redis.change { $0.isDown = true }
            var second = session(2)
            second.expiresAt = 500
            try await node.sessions.save(second)
            try await node.sessions.removeExpired(now: 500)
            #expect(try await node.sessions.load(client, now: 500) == nil)
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            #expect(stored() == nil)
        }
    }

    @Test func `under load it comes to an end, and all that was saved is in Redis`() async throws {
        try await withNode { node, _ in
            redis.change { $0.isDown = true }
            for number in 0..<300 { try await node.sessions.save(session(1, client: "\(number)")) }
            redis.change { $0.isDown = false }
            let isOver = OneWay()
            try await withThrowingTaskGroup { group in
                for number in 0..<300 {
                    group.addTask {
                        var revision: UInt64 = 1
                        // Each writes again as soon as it is answered, until Redis serves and has all.
                        while !isOver.isDone {
                            revision += 1
                            try await node.sessions.save(session(revision, client: "\(number)"))
                        }
                        let found = try await node.sessions.load(ClientKey(rawValue: "\(number)"), now: 0)
                        #expect(found?.revision == revision)
                    }
                }
                group.addTask {
                    #expect(await node.heal())
                    isOver.set()
                }
                try await group.waitForAll()
            }
            #expect(try await node.count("owed_sessions") == 0)
        }
    }

    @Test func `a switch is told of once, whoever meets it`() async throws {
        let told = Journal()
        try await withNode { node, _ in
            var listener = FallbackSwitch.Listener()
            listener.onSwitch = { state, reason in told.add("\(state): \(reason)") }
            listener.onRecovered = { told.add("recovered") }
            listener.onSuspicion = { told.add("suspicion") }
            listener.onDataLoss = { told.add("data loss") }
            listener.onOtherOwner = { told.add("other owner \($0)") }
            await node.relay.listen(listener)
            redis.change { $0.isDown = true }
            try await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask { try await node.sessions.save(session(1, client: "\(number)")) }
                }
                try await group.waitForAll()
            }
            await node.relay.look()
            #expect(await node.relay.status.switches == 1)
            #expect(await node.relay.status.lastError == "down")
            redis.change { $0.isDown = false }
            #expect(await node.heal())
            redis.change { $0.owner = "b" }
            redis.loseAll()
            await node.relay.look()
            await node.relay.look()
        }
        let expected = [
            "degraded: no answer in time", "healthy: Redis answers, and has all that was owed to it", "recovered",
            "other owner b", "data loss", "recovered", "suspicion",
        ]
        #expect(told.lines == expected)
    }

    @Test func `started it looks again and again until it is stopped`() async throws {
        let pauses = Journal()
        let (looks, look) = AsyncStream.makeStream(of: Void.self)
        let relay = FallbackSwitch(
            probe: { () throws(StoreError) in
                look.yield()
                return try redis.probe()
            },
            wait: { pause in
                pauses.add("\(pause)")
                await Task.yield()
            }, clock: { clock.now })
        redis.change { $0.isDown = true }
        await relay.start()
        #expect(await relay.status.state == .degraded)
        var count = 0
        for await _ in looks {
            count += 1
            if count == 5 { redis.change { $0.isDown = false } }
            if relay.serving.isPrimary, count > 20 { break }
        }
        await relay.stop()
        #expect(await relay.status.state == .healthy)
        #expect(pauses.lines.first == "0.25 seconds" && pauses.lines.last == "1.0 seconds")
    }
}

/// What was heard, in order.
final class Journal: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
}

/// Something that happens once.
final class OneWay: Sendable {
    private let flag = Atomic(false)
    var isDone: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
