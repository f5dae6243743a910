import Foundation
import Synchronization
import Testing

@testable import SessionStore

/// One fixed history with two outages in it, in which every single command fails once in every way, and the server crashes
/// between any two steps.
@Suite struct FallbackStepsTests {
    private enum Step {
        case save(String, UInt64)
        case remove(String, UInt64)
        case make(Int, isPeriodic: Bool)
        case play(Int)
        case confirm(Int)
        case end(Int)
        case down
        case up
        case look

        /// Whether it may have led there, though it was not over.
        func leaves(_ client: String, at revision: UInt64?) -> Bool {
            switch self {
            case .save(client, revision): true
            case .remove(client, _): revision == nil
            default: false
            }
        }
    }

    private static let history: [Step] = [
        .make(1, isPeriodic: false), .make(2, isPeriodic: true), .save("a", 1), .save("b", 2), .play(1), .play(2),
        .down, .play(1), .play(1), .save("a", 3), .remove("b", 4), .make(3, isPeriodic: false), .end(2), .play(3),
        .up, .play(1), .save("a", 5), .confirm(3), .play(1), .end(3), .look, .save("b", 6), .remove("a", 7), .play(1),
        .down, .play(1), .make(4, isPeriodic: true), .play(4), .save("a", 8), .remove("b", 9), .up, .confirm(1),
        .end(4), .look, .play(1), .save("a", 10),
    ]

    /// What is acknowledged, and what is being done.
    private struct Witness {
        var shard = SmallShard()
        var told: [String: UInt64?] = [:]
        var step: Step?
    }

    /// A server with its folder, and what it was told.
    private final class Run: Sendable {
        let redis: FakeRedis
        let node: FallbackNode
        let witness = Mutex(Witness())

        init(_ redis: FakeRedis, folder: String) async throws {
            self.redis = redis
            node = try await FallbackNode(redis, folder: folder)
        }

        func take(_ step: Step) async throws {
            var now = witness.withLock { witness in
                witness.step = step
                return witness
            }
            switch step {
            case .save(let client, let revision):
                try await node.sessions.save(FallbackStepsTests.session(client, revision))
                now.told[client] = .some(revision)
            case .remove(let client, let revision):
                try await node.sessions.remove(ClientKey(rawValue: client), revision: revision)
                now.told[client] = .some(nil)
            case .make(let room, let isPeriodic):
                try await now.shard.make(try Self.room(room), isPeriodic: isPeriodic, in: node.rooms)
            case .play(let room):
                try await wake(&now)
                try await now.shard.play(try Self.room(room), 2, in: node.rooms)
            case .confirm(let room):
                try await wake(&now)
                try await now.shard.confirm(try Self.room(room), in: node.rooms)
            case .end(let room):
                try await wake(&now)
                try await now.shard.end(try Self.room(room), in: node.rooms)
            case .down: redis.change { $0.isDown = true }
            case .up:
                redis.change { $0.isDown = false }
                await node.relay.look()
            case .look: await node.relay.look()
            }
            now.step = nil
            witness.withLock { $0 = now }
        }

        private func wake(_ witness: inout Witness) async throws {
            for room in Array(witness.shard.asleep.keys) {
                _ = try await witness.shard.wake(room, in: node.rooms, "while it runs")
            }
        }

        private static func room(_ number: Int) throws -> RoomID { try Sample.room("room-\(1000 + number)") }
    }

    private static func session(_ client: String, _ revision: UInt64) -> Session {
        var session = Session(client: ClientKey(rawValue: client), expiresAt: .max)
        session.revision = revision
        return session
    }

    // MARK: Failing

    @Test(arguments: [FakeRedis.Fate.failsBefore, .failsAfter, .comesLate])
    func `whichever command fails, nothing is lost and nothing comes back`(_ fate: FakeRedis.Fate) async throws {
        var number = 0
        var isPast = false
        while !isPast {
            number += 1
            let redis = FakeRedis()
            redis.decide { [number] in $0 == number ? fate : .done }
            try await withFolder { [number] folder in
                let run = try await Run(redis, folder: folder)
                for step in Self.history { try await run.take(step) }
                // The wakings of the end are no part of the history.
                isPast = redis.look(\.calls) < number
                redis.beGood()
                let witness = run.witness.withLock { $0 }
                try await expect(witness, redis, run.node, "command \(number) \(fate)")
                await run.node.end()
            }
        }
        #expect(number > 20)
    }

    // MARK: Crashing

    /// What a crash leaves.
    private struct Remains {
        let folder: String
        let redis: FakeRedis
        let witness: Witness
        let comment: Comment
    }

    @Test(arguments: 0..<6) func `wherever the server crashes, nothing is lost and nothing comes back`(
        _ seed: Int
    ) async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let redis = FakeRedis()
            if seed > 0 { redis.beMoody(seed: seed, oneIn: 6) }
            let run = try await Run(redis, folder: "\(folder)/running")
            let remains = Mutex<[Remains]>([])
            let crash = { @Sendable in
                let witness = run.witness.withLock { $0 }
                remains.withLock { remains in
                    let copy = "\(folder)/\(remains.count)"
                    try? FileManager.default.copyItem(atPath: "\(folder)/running", toPath: copy)
                    let left = redis.look { FakeRedis($0.journal, late: $0.late) }
                    remains.append(
                        Remains(
                            folder: copy, redis: left, witness: witness,
                            comment: "seed \(seed), crash \(remains.count) in \(String(describing: witness.step))"))
                }
            }
            redis.observe(crash)
            for step in Self.history {
                try await run.take(step)
                crash()
            }
            await run.node.end()
            #expect(remains.withLock { $0.count } > 60)
            for remains in remains.withLock({ $0 }) {
                let node = try await FallbackNode(remains.redis, folder: remains.folder, looks: false)
                var witness = remains.witness
                witness.shard.forgetAll()
                try await expect(witness, remains.redis, node, remains.comment)
                await node.end()
            }
        }
    }

    // MARK: Looking

    /// After all has healed, and all that was late has come.
    private func expect(
        _ witness: Witness, _ redis: FakeRedis, _ node: FallbackNode, _ comment: Comment
    ) async throws {
        var shard = witness.shard
        redis.change { $0.isDown = false }
        #expect(await node.heal(), comment)
        for isLate in [false, true] {
            if isLate { redis.carryOutLate() }
            for (client, revision) in witness.told {
                let found = try await node.sessions.load(ClientKey(rawValue: client), now: 0)?.revision
                #expect(found == revision || witness.step?.leaves(client, at: found) == true, comment)
            }
            for room in shard.asleep.keys {
                #expect(try await shard.wake(room, in: node.rooms, isUnderWay: witness.step != nil, comment), comment)
            }
            for room in shard.ended { #expect(try await node.rooms.claim(room) == nil, comment) }
            for room in shard.rooms.keys { try await shard.play(room, 1, in: node.rooms) }
            shard.forgetAll()
        }
        #expect(try await node.count("rooms") == 0, comment)
        #expect(await node.relay.status.owedSessions == 0, comment)
    }
}
