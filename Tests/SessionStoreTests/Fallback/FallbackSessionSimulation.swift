import Testing

@testable import SessionStore

/// Random saves, removals and loads while Redis fails in every way, loses what it had, and the server is started again and
/// again; whatever was acknowledged must be found.
@Suite struct FallbackSessionSimulation {
    @Test(arguments: 0..<40) func `nothing acknowledged is lost, and nothing removed comes back`(_ group: Int)
        async throws
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
        /// What every client was told last; nil: removed.
        var told: [ClientKey: Session?] = [:]
        /// Those of whom Redis lost what this server did not know.
        var lost: Set<ClientKey> = []
        /// Those whom this server has saved, loaded or removed since it was started.
        var known: Set<ClientKey> = []
        /// Redis lost something, and no look has found that out.
        var isLossUnknown = false
        var revision: UInt64 = 0

        init(seed: Int, folder: String) async throws {
            self.seed = seed
            self.folder = folder
            chance = Chance(seed: seed)
            node = try await FallbackNode(redis, folder: folder, clock: clock, looks: !chance.once(in: 4))
            redis.beMoody(seed: seed, oneIn: 8)
        }

        private var comment: Comment { "seed \(seed)" }

        mutating func step() async throws {
            let client = ClientKey(rawValue: "client \(chance.below(6))")
            switch chance.below(40) {
            case 0..<12: try await save(client)
            case 12..<18: try await remove(client)
            case 18..<26: try await load(client)
            case 26..<31: await look()
            case 31, 32: redis.change { $0.isDown.toggle() }
            case 33, 34, 35:
                let chosen = chance.next()
                redis.carryOutLate { chosen >> UInt64($0 % 64) & 1 == 1 }
            case 36: try await restart()
            case 37: advance()
            case 38: if chance.once(in: 3) { try await lose() }
            default: try await node.sessions.removeExpired(now: 0)
            }
        }

        private mutating func save(_ client: ClientKey) async throws {
            revision += 1
            var session = Session(client: client, expiresAt: .max)
            session.revision = revision
            try await node.sessions.save(session)
            told[client] = .some(session)
            note(client)
        }

        private mutating func remove(_ client: ClientKey) async throws {
            revision += 1
            try await node.sessions.remove(client, revision: revision)
            told[client] = .some(nil)
            note(client)
        }

        private mutating func note(_ client: ClientKey) {
            known.insert(client)
            lost.remove(client)
        }

        private mutating func load(_ client: ClientKey) async throws {
            do throws(StoreError) {
                let found = try await node.sessions.load(client, now: 0)
                guard !lost.contains(client) else { return }
                #expect(found == told[client] ?? nil, comment)
                if found != nil { known.insert(client) }
            } catch {
                #expect(error.code == .unavailable && !node.relay.serving.isPrimary, comment)
                // What it saved or loaded itself, or owes, it can tell.
                #expect(!known.contains(client) || lost.contains(client), comment)
            }
        }

        private mutating func advance() {
            guard chance.once(in: 3) else { return clock.advance(Int64(chance.below(300_000))) }
            redis.settle()
            clock.advance(FallbackPolicy.longestDelay)
        }

        private mutating func look() async {
            await node.relay.look()
            if node.relay.serving.isPrimary { isLossUnknown = false }
        }

        private mutating func restart() async throws {
            known = []
            // Nobody knows what there was.
            if isLossUnknown { try await loseUnknown() }
            await node.end()
            node = try await FallbackNode(redis, folder: folder, clock: clock, looks: !chance.once(in: 4))
            if node.relay.serving.isPrimary { isLossUnknown = false }
        }

        /// What Redis loses is found out at the next look, and until then it is lost.
        private mutating func lose() async throws {
            // Of what is under way no more is heard in the new data.
            redis.carryOutLate()
            if chance.once(in: 2) { redis.loseAll() } else { redis.loseLast(chance.below(30)) }
            try await loseUnknown()
            isLossUnknown = true
            await look()
        }

        private mutating func loseUnknown() async throws {
            let owed = try await node.database.perform { db in try OwedClients.fetch(db) }
            lost.formUnion(Set(told.keys).subtracting(known).subtracting(owed))
        }

        mutating func finish() async throws {
            redis.beGood()
            redis.change { $0.isDown = false }
            #expect(await node.heal(), comment)
            redis.carryOutLate()
            for client in told.keys { try await load(client) }
            // What came late is remembered once more.
            for _ in 0..<2 {
                clock.advance(FallbackPolicy.longestDelay)
                try await node.sessions.removeExpired(now: 0)
            }
            #expect(try await node.count("owed_sessions") == 0, comment)
            #expect(await node.relay.status.owedSessions == 0, comment)
            let left = redis.look(\.sessions)
            for (client, session) in told where !lost.contains(client) { #expect(left[client] == session, comment) }
            await node.end()
        }
    }
}
