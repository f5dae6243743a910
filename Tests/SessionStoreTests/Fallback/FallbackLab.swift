import Foundation
import GRDB
import Synchronization

@testable import SessionStore

/// One life of a server that has Redis and a folder.
struct FallbackNode {
    let database: SQLiteDatabase
    let relay: FallbackSwitch
    let sessions: FallbackSessionStore
    let rooms: FallbackRoomStore

    /// - Parameter looks: whether it has looked at Redis once, as a server has that is started.
    init(
        _ redis: FakeRedis, folder: String, clock: TestClock = TestClock(), looks: Bool = true, known: Int = 1000
    ) async throws {
        // What a test is about is not the power, and waiting for the disk takes long.
        database = try SQLiteDatabase(folder: folder, synchronous: .normal)
        relay = FallbackSwitch(
            probe: { () throws(StoreError) in try redis.probe() }, wait: { _ in }, clock: { clock.now })
        sessions = try await FallbackSessionStore(
            primary: redis.sessions, database: database, relay: relay, paidAtOnce: 1, knownSessions: known)
        rooms = try await FallbackRoomStore(primary: redis.rooms, database: database, relay: relay)
        if looks { await relay.look() }
    }

    func end() async {
        await relay.stop()
        await database.close()
    }

    func count(_ table: String) async throws -> Int {
        try await database.perform { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    /// Looks until Redis serves, as far as it is up.
    func heal() async -> Bool {
        for _ in 0..<50 {
            if relay.serving.isPrimary { return true }
            await relay.look()
        }
        return relay.serving.isPrimary
    }
}

/// Milliseconds since 1970, as the test has them.
final class TestClock: Sendable {
    private let time = Atomic<Int64>(1_700_000_000_000)
    var now: Int64 { time.load(ordering: .relaxed) }
    func advance(_ milliseconds: Int64) { time.add(milliseconds, ordering: .relaxed) }
}

/// SplitMix64: the same in every process.
struct Chance {
    private var state: UInt64
    init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x2545_F491_4F6C_DD1D &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func once(in count: Int) -> Bool { below(count) == 0 }
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}

extension FakeRedis {
    /// Fails at random, one command in so many.
    func beMoody(seed: Int, oneIn count: Int) {
        decide { call in
            var chance = Chance(seed: seed &* 1_000_003 &+ call)
            return chance.once(in: count) ? chance.pick([.failsBefore, .failsAfter, .comesLate]) : .done
        }
    }

    func beGood() { decide { _ in .done } }
}

enum OwedClients {
    /// The clients of whom SQLite owes something.
    static func fetch(_ db: Database) throws -> [ClientKey] {
        try String.fetchAll(db, sql: "SELECT client FROM owed_sessions WHERE settled_at IS NULL").map(ClientKey.init)
    }
}
