internal import Synchronization

/// Sessions in Redis, and in SQLite as long as Redis fails: there they are owed, and paid in their order before Redis is
/// read again.
///
/// What Redis was asked for counts when no switch came in between; else it is done once more, where it belongs then. Every
/// write may be done twice or come late: of two sessions the one of the higher revision stays. A removal leaves nothing
/// in Redis that a late save could be measured by, so it is remembered here for as long as one may come.
public final class FallbackSessionStore: SessionStore, FallbackDebtor {
    private struct Memory {
        var known: KnownSessions
        /// Up to which revision sessions were removed lately: what Redis has of those came late.
        var removals: [ClientKey: UInt64]
    }

    /// How often an operation is begun before it is given up: each time Redis failed, and came back meanwhile.
    private static let mostAttempts = 8
    /// Rows read, paid and settled at a time.
    private static let page = 256

    private let primary: any SessionStore
    private let owed: OwedSessions
    private let relay: FallbackSwitch
    private let memory: Mutex<Memory>
    /// How many are paid at once: enough to wait for a network once and not for each.
    private let paidAtOnce: Int

    /// - Parameter database: opened to be `full`y synchronous, since it is all there is of what Redis did not take.
    /// - Throws: when it cannot be read.
    public convenience init(
        primary: any SessionStore, database: SQLiteDatabase, relay: FallbackSwitch
    ) async throws(StoreError) {
        try await self.init(primary: primary, database: database, relay: relay, paidAtOnce: 32)
    }

    init(
        primary: any SessionStore, database: SQLiteDatabase, relay: FallbackSwitch, paidAtOnce: Int,
        knownSessions: Int = KnownSessions.capacity
    ) async throws(StoreError) {
        self.primary = primary
        self.relay = relay
        self.paidAtOnce = paidAtOnce
        let owed = try await OwedSessions(database)
        self.owed = owed
        memory = Mutex(Memory(known: KnownSessions(capacity: knownSessions), removals: try await owed.removals()))
        await relay.add(self, sessions: { owed.count })
    }

    // MARK: The store

    public func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? {
        for _ in 0..<Self.mostAttempts {
            let serving = relay.serving
            let found: Session?
            do throws(StoreError) {
                found =
                    try await serving.isPrimary
                    ? loadFromPrimary(client, now: now) : loadFromFallback(client)
            } catch {
                guard serving.isPrimary, error.isOutage else {
                    // Redis may have come to serve meanwhile.
                    if relay.isStill(serving.generation) { throw error }
                    continue
                }
                relay.primaryFailed(error, generation: serving.generation)
                continue
            }
            guard relay.isStill(serving.generation) else { continue }
            return found.flatMap { $0.expiresAt > now ? $0 : nil }
        }
        throw Self.restless
    }

    public func save(_ session: Session) async throws(StoreError) {
        let removal = memory.withLock { $0.removals[session.client] }
        try await write { [primary] () throws(StoreError) in
            // What was removed may have come late, and would be the newer one.
            if let removal, session.revision <= removal { try await primary.remove(session.client, revision: removal) }
            try await primary.save(session)
        } onFallback: { [owed] () throws(StoreError) in
            try await owed.save(session)
        }
        if let removal { try await owed.forget(session.client, upTo: removal) }
        memory.withLock { memory in
            memory.known.saved(session)
            if memory.removals[session.client] == removal { memory.removals[session.client] = nil }
        }
    }

    public func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) {
        try await write { [self] () throws(StoreError) in
            // First, so that nothing older comes late after a crash in between.
            // A disk that cannot is no reason to keep the session.
            try? await owed.remember(client, revision: revision, at: relay.now)
            try await primary.remove(client, revision: revision)
        } onFallback: { [owed] () throws(StoreError) in
            try await owed.remove(client, revision: revision)
        }
        memory.withLock { memory in
            memory.known.removed(client, revision: revision)
            memory.removals[client] = max(memory.removals[client] ?? 0, revision)
        }
    }

    public func removeExpired(now: Int64) async throws(StoreError) {
        memory.withLock { $0.known.removeExpired(now: now) }
        try await owed.removeExpired(now: now)
        try await onPrimary { [primary] () throws(StoreError) in try await primary.removeExpired(now: now) }
        try await forgetRemovals(settledBy: relay.now - FallbackPolicy.longestDelay)
    }

    // MARK: Writing

    private static var restless: StoreError { StoreError(.unavailable, "Redis comes and goes") }

    private func write(
        _ onPrimary: () async throws(StoreError) -> Void, onFallback: () async throws(StoreError) -> Void
    ) async throws(StoreError) {
        for _ in 0..<Self.mostAttempts {
            switch relay.enter() {
            case .shut: await relay.opened()
            case .fallback:
                defer { relay.leave() }
                return try await onFallback()
            case .primary(let generation):
                do throws(StoreError) {
                    try await onPrimary()
                    if relay.isStill(generation) { return }
                } catch {
                    guard error.isOutage else { throw error }
                    relay.primaryFailed(error, generation: generation)
                }
            }
        }
        throw Self.restless
    }

    /// Does something if Redis serves, and that it can be done again.
    /// - Returns: whether it was done.
    @discardableResult
    private func onPrimary(_ body: () async throws(StoreError) -> Void) async throws(StoreError) -> Bool {
        let serving = relay.serving
        guard serving.isPrimary else { return false }
        do throws(StoreError) {
            try await body()
            return true
        } catch {
            guard error.isOutage else { throw error }
            relay.primaryFailed(error, generation: serving.generation)
            return false
        }
    }

    /// Forgets what was removed so long ago that nothing comes late any more. What did come is removed once more, and
    /// remembered as long again: a replica may take over that has not heard of it.
    private func forgetRemovals(settledBy time: Int64) async throws(StoreError) {
        while true {
            let rows = try await owed.settled(by: time, limit: Self.page)
            guard !rows.isEmpty else { return }
            var forgotten: [OwedSession] = []
            for row in rows {
                var isBack = false
                let isDone = try await onPrimary { [primary] () throws(StoreError) in
                    let stored = try await primary.load(row.client, now: 0)
                    isBack = stored.map { $0.revision <= row.revision } ?? false
                    if isBack { try await primary.remove(row.client, revision: row.revision) }
                }
                guard isDone else { return }
                if isBack {
                    try await owed.remember(row.client, revision: row.revision, at: relay.now)
                } else {
                    forgotten.append(row)
                }
            }
            try await owed.forget(forgotten)
            memory.withLock { memory in
                for row in forgotten where memory.removals[row.client] == row.revision {
                    memory.removals[row.client] = nil
                }
            }
        }
    }

    // MARK: Loading

    private func loadFromPrimary(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? {
        let stored = try await primary.load(client, now: now)
        return memory.withLock { memory in
            // Redis may have lost it a moment ago, and nobody have looked since.
            if case .session(let known)? = memory.known.entry(of: client), known.revision > stored?.revision ?? 0 {
                return known
            }
            guard let session = stored else { return nil }
            if let removal = memory.removals[client], session.revision <= removal { return nil }
            memory.known.loaded(session)
            return session
        }
    }

    /// - Throws: `unavailable` when only Redis could say whether there is one.
    private func loadFromFallback(_ client: ClientKey) async throws(StoreError) -> Session? {
        let row = try await owed.row(of: client).flatMap { $0.isSettled ? nil : $0 }
        switch memory.withLock({ $0.known.entry(of: client) }) {
        case .session(let session) where session.revision > row?.revision ?? 0: return session
        case .removed(let revision) where revision > row?.revision ?? 0: return nil
        case .session, .removed, nil:
            guard let row else { throw StoreError(.unavailable, "Redis cannot be asked") }
            if let session = row.session { memory.withLock { $0.known.loaded(session) } }
            return row.session
        }
    }

    // MARK: Paying

    var hasLeftovers: Bool { false }

    func oweAllKnown() async throws(StoreError) {
        var rest = memory.withLock { $0.known.sessions }[...]
        while !rest.isEmpty {
            try await owed.saveKnown(Array(rest.prefix(Self.page)))
            rest = rest.dropFirst(Self.page)
        }
    }

    func pay() async throws(StoreError) {
        let newest = owed.newest
        while true {
            let rows = try await owed.page(upTo: newest, limit: Self.page)
            guard !rows.isEmpty else { return }
            try await pay(rows)
            // From here on Redis alone has them.
            memory.withLock { memory in for session in rows.compactMap(\.session) { memory.known.loaded(session) } }
            try await owed.settle(rows, at: relay.now)
        }
    }

    /// Does in Redis what rows say. Each is of another client, so their order is nothing.
    private func pay(_ rows: [OwedSession]) async throws(StoreError) {
        var rest = rows[...]
        while !rest.isEmpty {
            let next = rest.prefix(paidAtOnce)
            rest = rest.dropFirst(paidAtOnce)
            let failure = await withTaskGroup(of: StoreError?.self) { [primary] tasks in
                for row in next { tasks.addTask { await Self.pay(row, to: primary) } }
                return await tasks.reduce(nil) { $0 ?? $1 }
            }
            if let failure { throw failure }
        }
    }

    private static func pay(_ row: OwedSession, to primary: any SessionStore) async -> StoreError? {
        do throws(StoreError) {
            if let removal = row.removal { try await primary.remove(row.client, revision: removal) }
            if let session = row.session { try await primary.save(session) }
            return nil
        } catch {
            return error
        }
    }
}
