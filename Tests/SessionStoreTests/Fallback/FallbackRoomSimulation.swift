import Testing

@testable import SessionStore

/// Random rooms while Redis fails in every way, loses what it had, and the server is started again and again; whatever was
/// acknowledged must be found, where it is the newest.
@Suite struct FallbackRoomSimulation {
    @Test(arguments: 0..<40) func `no room loses what was acknowledged, and none comes back`(_ group: Int) async throws
    {
        for seed in group * 5..<group * 5 + 5 {
            try await withFolder { folder in
                var run = try await Run(seed: seed, folder: folder)
                for _ in 0..<120 { try await run.step() }
                try await run.finish()
            }
        }
    }

    private struct Run {
        let seed: Int
        let folder: String
        let redis = FakeRedis()
        let clock = TestClock()
        var chance: Chance
        var node: FallbackNode
        var shard = SmallShard()
        var made = 0
        /// Has Redis lost what nobody had in memory, nothing can be asked of these.
        var lost: Set<RoomID> = []
        var isLossUnknown = false

        init(seed: Int, folder: String) async throws {
            self.seed = seed
            self.folder = folder
            chance = Chance(seed: seed)
            node = try await FallbackNode(redis, folder: folder, clock: clock, looks: !chance.once(in: 4))
            redis.beMoody(seed: seed, oneIn: 8)
        }

        private var comment: Comment { "seed \(seed)" }
        private var someRoom: RoomID? {
            mutating get {
                let rooms = shard.rooms.keys.sorted { $0.rawValue < $1.rawValue }
                return rooms.isEmpty ? nil : chance.pick(rooms)
            }
        }

        mutating func step() async throws {
            switch chance.below(40) {
            case 0..<3 where shard.rooms.count < 6:
                made += 1
                let room = try Sample.room("room-\(1000 + made)")
                try await shard.make(room, isPeriodic: chance.once(in: 2), in: node.rooms)
            case 3..<16:
                if let room = someRoom { try await shard.play(room, 1 + chance.below(3), in: node.rooms) }
            case 16, 17: if let room = someRoom { try await shard.end(room, in: node.rooms) }
            case 18: if let room = someRoom { try await shard.confirm(room, in: node.rooms) }
            case 19: if let room = someRoom { shard.forget(room) }
            case 20..<24: try await wakeAll()
            case 24..<29: try await look()
            case 29, 30: redis.change { $0.isDown.toggle() }
            case 31..<34:
                let chosen = chance.next()
                redis.carryOutLate { chosen >> UInt64($0 % 64) & 1 == 1 }
            case 34: try await restart()
            case 35: try await advance()
            case 36: if chance.once(in: 2) { try await lose() }
            case 37: try await list()
            default: if let room = shard.ended.sorted(by: { $0.rawValue < $1.rawValue }).last { try await dig(room) }
            }
        }

        private mutating func wakeAll() async throws {
            for room in shard.asleep.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                if lost.remove(room) != nil {
                    shard.asleep[room] = nil
                } else {
                    _ = try await shard.wake(room, in: node.rooms, comment)
                }
            }
        }

        /// A room that ended is not there, or it cannot be told.
        private func dig(_ room: RoomID) async throws {
            let stored: StoredRoom?
            do { stored = try await node.rooms.claim(room) } catch { return }
            #expect(stored == nil, comment)
        }

        private func list() async throws {
            let rooms: [RoomID]
            do { rooms = try await node.rooms.headers(after: nil, limit: 100).map(\.id) } catch { return }
            #expect(shard.ended.isDisjoint(with: rooms), comment)
            let living = shard.rooms.keys.filter { !lost.contains($0) }
            if node.relay.serving.isPrimary { #expect(Set(living).isSubset(of: rooms), comment) }
            #expect(rooms == Set(rooms).sorted { $0.rawValue < $1.rawValue }, comment)
        }

        private mutating func advance() async throws {
            redis.settle()
            clock.advance(FallbackPolicy.longestDelay)
            _ = try await node.rooms.removeExpiredArchives(now: 0)
        }

        private mutating func restart() async throws {
            await node.end()
            shard.forgetAll()
            if isLossUnknown { lost.formUnion(shard.asleep.keys) }
            node = try await FallbackNode(redis, folder: folder, clock: clock, looks: !chance.once(in: 4))
            isLossUnknown = false
        }

        /// Looks, and has all rooms confirmed when Redis may have lost some.
        private mutating func look() async throws {
            await node.relay.look()
            guard isLossUnknown, node.relay.serving.isPrimary else { return }
            isLossUnknown = false
            for room in shard.rooms.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                try await shard.confirm(room, in: node.rooms)
            }
            // Those that could not be confirmed, since it failed again, are another loss.
            if !node.relay.serving.isPrimary { lost.formUnion(shard.asleep.keys) }
        }

        private mutating func lose() async throws {
            // Of what is under way no more is heard in the new data.
            redis.carryOutLate()
            if chance.once(in: 2) { redis.loseAll() } else { redis.loseLast(chance.below(30)) }
            lost.formUnion(shard.asleep.keys)
            isLossUnknown = true
            try await look()
        }

        mutating func finish() async throws {
            redis.beGood()
            redis.change { $0.isDown = false }
            for _ in 0..<20 where !node.relay.serving.isPrimary || isLossUnknown { try await look() }
            #expect(node.relay.serving.isPrimary, comment)
            redis.carryOutLate()
            try await wakeAll()
            #expect(shard.asleep.isEmpty, comment)
            for room in shard.rooms.keys { try await shard.confirm(room, in: node.rooms) }
            await node.relay.look()
            // What came late is remembered once more.
            for _ in 0..<2 {
                clock.advance(FallbackPolicy.longestDelay)
                _ = try await node.rooms.removeExpiredArchives(now: 0)
            }
            let left = redis.look(\.rooms)
            for (room, live) in shard.rooms {
                let stored = try #require(try await left.claim(room), comment)
                #expect(SmallShard.events(of: stored) == live.events, comment)
                let archive = try #require(try await left.archive(of: room), comment)
                #expect(SmallShard.events(of: archive) == live.events, comment)
            }
            let rooms = Set(try await left.headers(after: nil, limit: 1000).map(\.id))
            #expect(Set(shard.rooms.keys).isSubset(of: rooms), comment)
            #expect(shard.ended.isDisjoint(with: rooms), comment)
            let owed = try await node.rooms.owedRooms(after: nil, limit: 1000).map(\.id)
            #expect(Set(shard.rooms.keys).union(shard.ended).isDisjoint(with: owed), comment)
            #expect(try await node.count("owed_removals") == 0, comment)
            await node.end()
        }
    }
}
