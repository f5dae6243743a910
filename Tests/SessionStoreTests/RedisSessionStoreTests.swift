import RedisClient
import RedisLab
import SessionStore
import Testing

@Suite struct RedisSessionStoreTests {
    private let client = ClientKey(rawValue: "abc")

    private func withStore(
        now: Int64 = 0, _ body: (RedisSessionStore, RedisServer) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            try await withConnection(to: server.port) { connection in
                try await body(
                    RedisSessionStore(connection, keys: RedisKeys(prefix: "test:"), clock: { now }), server)
            }
        }
    }

    private func session(revision: UInt64 = 1, expiresAt: Int64) -> Session {
        var session = Session(client: client, expiresAt: expiresAt)
        session.revision = revision
        return session
    }

    @Test(arguments: [(1_000_000, 1_060_000), (0, 60_000), (-5_000_000, 60_000), (.min, 60_000)] as [(Int64, Int)])
    func `Redis forgets a session a minute after its end, by the time that it has left`(
        _ left: Int64, _ life: Int
    ) async throws {
        let now: Int64 = 1_700_000_000_000
        try await withStore(now: now) { store, server in
            try await store.save(session(expiresAt: left == .min ? .min : now + left))
            let time = try #require(try server.command("PTTL", "test:session:abc").integer)
            #expect(time <= life && time > life - 30_000)
        }
    }

    @Test(arguments: [(1 << 53, (1 << 53) + 1), (9, 10), (UInt64.max - 1, .max)] as [(UInt64, UInt64)])
    func `revisions compare as numbers, however large`(_ lower: UInt64, _ higher: UInt64) async throws {
        try await withStore { store, _ in
            try await store.save(session(revision: higher, expiresAt: 1000))
            try await store.save(session(revision: lower, expiresAt: 2000))
            #expect(try await store.load(client, now: 0)?.expiresAt == 1000)
            try await store.remove(client, revision: lower)
            #expect(try await store.load(client, now: 0) != nil)
            try await store.remove(client, revision: higher)
            #expect(try await store.load(client, now: 0) == nil)
        }
    }

    @Test(arguments: [
        ["SET", "test:session:abc", ""], ["SET", "test:session:abc", "00000000000000000001"],
        ["SET", "test:session:abc", "00000000000000000001{\"client\":7}"], ["RPUSH", "test:session:abc", "x"],
    ])
    func `what is no session is said to be corrupt`(_ spoiling: [String]) async throws {
        try await withStore { store, server in
            try server.command(spoiling)
            let error = await #expect(throws: StoreError.self) { try await store.load(client, now: 0) }
            #expect(error?.code == .corrupt)
        }
    }
}

@Suite struct RedisPulseTests {
    @Test func `the data's name stays until the data are lost`() async throws {
        try await RedisServer.with { server in
            try await withConnection(to: server.port) { connection in
                let pulse = RedisPulse(connection, keys: RedisKeys(prefix: "test:"), owner: "a")
                let first = try await pulse.look()
                #expect(first.otherOwner == nil)
                #expect(try await pulse.look() == first)
                try server.command("FLUSHALL")
                #expect(try await pulse.look().dataID != first.dataID)
            }
        }
    }

    @Test func `each of two servers on the same keys sees the other, and not itself after a restart`() async throws {
        try await RedisServer.with { server in
            try await withConnection(to: server.port) { connection in
                let keys = RedisKeys(prefix: "test:")
                let (one, two) = (
                    RedisPulse(connection, keys: keys, owner: "one"), RedisPulse(connection, keys: keys, owner: "two")
                )
                #expect(try await one.look().otherOwner == nil)
                #expect(try await two.look().otherOwner == "one")
                #expect(try await one.look().otherOwner == "two")
                let again = RedisPulse(connection, keys: keys, owner: "one")
                #expect(try await again.look().otherOwner == nil)
                let life = try #require(try server.command("PTTL", "test:{server}:owner").integer)
                #expect(life > 5000 && life <= 10_000)
            }
        }
    }

    @Test func `a replica, which takes no writes, has no pulse`() async throws {
        try await RedisServer.with { master in
            var options = RedisServer.Options()
            options.replicaOf = master.port
            try await RedisServer.with(options) { replica in
                try await withConnection(to: replica.port) { connection in
                    let pulse = RedisPulse(connection, keys: RedisKeys(prefix: "test:"), owner: "a")
                    let error = await #expect(throws: StoreError.self) { try await pulse.look() }
                    #expect(error?.code == .unavailable)
                }
            }
        }
    }

    @Test func `after a restart the process has another name`() async throws {
        try await RedisServer.with { server in
            try await withConnection(to: server.port) { connection in
                let pulse = RedisPulse(connection, keys: RedisKeys(prefix: "test:"), owner: "a")
                let first = try await pulse.look()
                try await server.restart()
                let end = ContinuousClock.now + .seconds(30)
                var second: Pulse?
                while second == nil, ContinuousClock.now < end { second = try? await pulse.look() }
                #expect(second?.dataID == first.dataID)
                #expect(second?.runID != nil && second?.runID != first.runID)
            }
        }
    }
}
