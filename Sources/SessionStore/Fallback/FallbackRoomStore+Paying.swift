internal import Synchronization

extension FallbackRoomStore {
    /// Rows read, paid and settled at a time.
    private static let page = 256

    var hasLeftovers: Bool { removals.count > 0 }

    /// Does nothing: the server has its rooms confirmed, each by its shard.
    func oweAllKnown() async throws(StoreError) {}

    /// Removes from Redis what was removed while SQLite served. Rooms are not paid but move, each when it is next stored.
    func pay() async throws(StoreError) {
        let newest = removals.newest
        var last: Int64 = 0
        while true {
            let rows = try await removals.page(after: last, upTo: newest, limit: Self.page)
            var paid: [OwedRemoval] = []
            for row in rows where try await pay(row) != .undone { paid.append(row) }
            try await removals.settle(paid, at: relay.now)
            guard let end = rows.last else { return }
            last = end.number
        }
    }

    private enum Payment {
        /// Redis had nothing of it.
        case needless
        case done
        case undone
    }

    private func pay(_ row: OwedRemoval) async throws(StoreError) -> Payment {
        guard let stored = try await claimed(row.room) else { return .needless }
        // A room of the same id may have been made since.
        guard ledger.withLock({ $0.isDead(row.room, number: row.number) }) else { return .undone }
        let removal = RoomCommit(
            room: row.room, term: stored.term, epoch: stored.epoch, version: stored.version,
            change: .removed(archivedUntil: row.archivedUntil))
        let report = await withCheckedContinuation { continuation in
            primary.append([removal]) { continuation.resume(returning: $0) }
        }
        // Behind: a removal that came late was first. Refused: so was a claim, and it is tried again.
        return try report.get().refused.isEmpty ? .done : .undone
    }

    private func claimed(_ room: RoomID) async throws(StoreError) -> StoredRoom? {
        let result = await withCheckedContinuation { continuation in
            primary.claim(room) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Forgets what was removed so long ago that nothing comes late any more. What did come is removed once more, and
    /// remembered as long again: a replica may take over that has not heard of it.
    func forgetRemovals(settledBy time: Int64) async throws(StoreError) {
        while relay.serving.isPrimary {
            let rows = try await removals.settled(by: time, limit: Self.page)
            guard !rows.isEmpty else { return }
            var forgotten: [OwedRemoval] = []
            var kept: [OwedRemoval] = []
            for row in rows {
                if try await pay(row) == .needless { forgotten.append(row) } else { kept.append(row) }
            }
            try await removals.settle(kept, at: relay.now)
            try await removals.forget(forgotten)
            ledger.withLock { ledger in for row in forgotten { ledger.forget(row.room, number: row.number) } }
        }
    }
}
