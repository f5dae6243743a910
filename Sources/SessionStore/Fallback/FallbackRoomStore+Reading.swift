internal import Synchronization

extension FallbackRoomStore {
    /// As long as Redis fails: those in SQLite, and after the last of them an error, since there may be more. Begin anew
    /// then: those in Redis may come before.
    public func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        guard limit > 0 else { return [] }
        let serving = relay.serving
        guard serving.isPrimary else {
            let page = try await local.headers(after: room, limit: limit)
            guard !page.isEmpty else { throw Self.unasked }
            return page
        }
        var headers: [RoomHeader] = []
        var last = room
        while headers.count < limit {
            let here = try await local.headers(after: last, limit: limit)
            let there = try await inPrimary(serving.generation) { [primary, last] () throws(StoreError) in
                try await primary.headers(after: last, limit: limit)
            }
            let known = Set(here.map(\.id))
            let others = ledger.withLock { ledger in
                there.filter { !known.contains($0.id) && !ledger.isGone($0.id) }
            }
            // What follows on a full page is not known, so that nothing can be said of what is behind it.
            let ends = [here, there].compactMap { $0.count == limit ? $0.last?.id.rawValue : nil }
            let end = ends.min()
            headers += (here + others).filter { header in end.map { header.id.rawValue <= $0 } ?? true }
                .sorted { $0.id.rawValue < $1.id.rawValue }
            guard let end else { break }
            last = RoomID(rawValue: end)
        }
        return Array(headers.prefix(limit))
    }

    /// The rooms whose newest record is in SQLite, as ``headers(after:limit:)`` lists them: to be confirmed when Redis is
    /// back, so that they move.
    public func owedRooms(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        try await local.headers(after: room, limit: limit)
    }

    public func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? {
        // What is in SQLite of a room is the newest of it; it is deleted when the room moves.
        if let archive = try await local.archive(of: room) { return archive }
        let serving = relay.serving
        guard serving.isPrimary else { throw Self.unasked }
        return try await inPrimary(serving.generation) { [primary] () throws(StoreError) in
            try await primary.archive(of: room)
        }
    }

    @discardableResult
    public func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int {
        let count = try await local.removeExpiredArchives(now: now)
        let serving = relay.serving
        guard serving.isPrimary else { return count }
        let others = try? await inPrimary(serving.generation) { [primary] () throws(StoreError) in
            try await primary.removeExpiredArchives(now: now)
        }
        try? await forgetRemovals(settledBy: relay.now - FallbackPolicy.longestDelay)
        return count + (others ?? 0)
    }

    private func inPrimary<Value: Sendable>(
        _ generation: UInt64, _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            if error.isOutage { relay.primaryFailed(error, generation: generation) }
            throw error
        }
    }
}
