internal import Synchronization

/// Rooms in Redis, and in SQLite as long as Redis fails, for a server that is alone with them. How a room moves between
/// the two, and what keeps an older record from being taken for the newest, is told at ``RoomLedger``.
public final class FallbackRoomStore: RoomStore, FallbackDebtor {
    typealias Appended = @Sendable (Result<AppendReport, StoreError>) -> Void
    typealias Claimed = @Sendable (Result<StoredRoom?, StoreError>) -> Void

    let primary: any RoomStore
    let database: SQLiteDatabase
    let local: SQLiteRoomStore
    let removals: OwedRemovals
    let relay: FallbackSwitch
    let ledger: Mutex<RoomLedger>

    /// Reads which rooms are in the file, and of each no more than its id and term.
    /// - Parameter database: opened to be `full`y synchronous: a deletion that the power undoes would be an older record
    ///   that is taken for the newest.
    public init(primary: any RoomStore, database: SQLiteDatabase, relay: FallbackSwitch) async throws(StoreError) {
        self.primary = primary
        self.database = database
        self.relay = relay
        local = SQLiteRoomStore(database)
        let removals = try await OwedRemovals(database)
        self.removals = removals
        ledger = Mutex(try await removals.read())
        await relay.add(self, rooms: { [weak self] in self?.ledger.withLock { $0.owed.count } ?? 0 })
    }

    static var unasked: StoreError { StoreError(.unavailable, "Redis cannot be asked") }

    // MARK: Claiming

    public func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        guard ledger.withLock({ $0.mayBeLocal(room) }) else { return claimFromPrimary(room, completion) }
        local.claim(room) { [self] result in
            switch result {
            case .success(let stored?): handOut(stored, completion)
            // It moved away meanwhile, or did not arrive.
            case .success(nil) where ledger.withLock({ $0.owed[room] == nil }): claimFromPrimary(room, completion)
            case .success(nil), .failure: completion(result)
            }
        }
    }

    private func claimFromPrimary(_ room: RoomID, _ completion: @escaping Claimed) {
        guard !ledger.withLock({ $0.isGone(room) }) else { return completion(.success(nil)) }
        let serving = relay.serving
        // It may be in Redis; that there is none is more than is known.
        guard serving.isPrimary else { return completion(.failure(Self.unasked)) }
        primary.claim(room) { [self] result in
            switch result {
            case .success(let stored?): handOut(stored, completion)
            case .success(nil): completion(relay.isStill(serving.generation) ? result : .failure(Self.unasked))
            case .failure(let error):
                if error.isOutage { relay.primaryFailed(error, generation: serving.generation) }
                completion(result)
            }
        }
    }

    private func handOut(_ stored: StoredRoom, _ completion: @escaping Claimed) {
        let room = stored.header.id
        guard ledger.withLock({ $0.claimed(room, stored.term) }) else { return claim(room, completion: completion) }
        completion(.success(stored))
    }
}
