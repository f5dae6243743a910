import NIOCore
import RedisClient
import SessionStore
import Synchronization

/// Sessions saved and loaded as a server does it, at a rate: each is begun at its time, whether the ones before it are
/// done or not, and counts from that time.
enum Sessions {
    struct Outcome: Sendable {
        var milliseconds: [Double] = []
        var failures = 0

        func quantile(_ part: Double) -> Double {
            let sorted = milliseconds.sorted()
            return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
        }
    }

    private static let clients = 10_000

    static func run(_ redis: RedisConnection, rate: Int, seconds: Int, saving: Bool) async -> Outcome {
        let store = RedisSessionStore(redis, keys: RedisKeys(prefix: "bench:"), clock: { 0 })
        let outcome = Ledger()
        let start = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            for number in 0..<rate * seconds {
                let due = start + .seconds(1) * number / rate
                // Whatever is late is begun at once, and its lateness counts.
                if ContinuousClock.now < due { try? await Task.sleep(until: due, tolerance: .zero) }
                group.addTask {
                    let isRight = await once(store, number, saving: saving)
                    let time = due.duration(to: .now) / .milliseconds(1)
                    outcome.add(time, isRight)
                }
            }
        }
        return outcome.total
    }

    private final class Ledger: Sendable {
        private let outcome = Mutex(Outcome())

        var total: Outcome { outcome.withLock(\.self) }

        func add(_ milliseconds: Double, _ isRight: Bool) {
            outcome.withLock { outcome in
                outcome.milliseconds.append(milliseconds)
                if !isRight { outcome.failures += 1 }
            }
        }
    }

    private static func once(_ store: RedisSessionStore, _ number: Int, saving: Bool) async -> Bool {
        let client = ClientKey(rawValue: "client \(number % clients)")
        do {
            guard saving else { return try await store.load(client, now: 0) != nil }
            var session = Session(client: client, expiresAt: 172_800_000)
            session.revision = UInt64(number)
            session.rooms = ["room-one-1234", "room-two-1234"].compactMap(RoomID.init(rawValue:))
            try await store.save(session)
            return true
        } catch {
            return false
        }
    }
}
