internal import GRDB
internal import Synchronization

extension FallbackRoomStore {
    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        let serving = relay.serving
        guard serving.isPrimary else { return appendLocally(commits, completion: completion) }
        let parts = ledger.withLock { Parts(commits, $0) }
        let appendRest: Appended = { [self] result in
            guard let report = try? result.get(), !parts.primary.isEmpty else { return completion(result) }
            appendToPrimary(parts.primary, serving.generation, report, completion)
        }
        guard !parts.local.isEmpty else { return appendRest(.success(parts.report)) }
        appendLocally(parts.local) { result in appendRest(result.map { $0.merging(parts.report) }) }
    }

    /// Commits by where they go while Redis serves.
    private struct Parts {
        var primary: [RoomCommit] = []
        var local: [RoomCommit] = []
        /// About those that go nowhere.
        var report = AppendReport()

        init(_ commits: [RoomCommit], _ ledger: RoomLedger) {
            guard !ledger.isClear else {
                primary = commits
                return
            }
            var places: [RoomID: RoomLedger.Place] = [:]
            for (room, commits) in CommitRules.byRoom(ledger.lifted(commits)) {
                places[room] = ledger.place(of: room, commits)
            }
            for commit in commits {
                switch places[commit.room] ?? .refused {
                case .primary: primary.append(commit)
                case .local: local.append(commit)
                case .refused: report.refused.insert(commit.room)
                case .behind: report.behind.insert(commit.room)
                }
            }
        }
    }

    // MARK: In Redis

    /// - Parameter report: about the rest of the commits.
    private func appendToPrimary(
        _ commits: [RoomCommit], _ generation: UInt64, _ report: AppendReport, _ completion: @escaping Appended
    ) {
        let sent = ledger.withLock { ledger in
            for commit in commits where commit.isWhole { ledger.contest(commit.room, true) }
            return ledger.lifted(commits)
        }
        let complete: Appended = { [self] result in
            ledger.withLock { ledger in for commit in commits { ledger.contest(commit.room, false) } }
            completion(result)
        }
        primary.append(sent) { [self] result in
            switch result {
            case .success(let answer):
                settle(sent.filter { !answer.contains($0.room) }) { error in
                    complete(error.map { .failure($0) } ?? .success(answer.merging(report)))
                }
            case .failure(let error) where error.isOutage:
                ledger.withLock { $0.doubted(commits, sent: sent) }
                relay.primaryFailed(error, generation: generation)
                // Also when Redis serves again already: it may have stored them or not.
                appendLocally(commits) { result in complete(result.map { $0.merging(report) }) }
            case .failure: complete(result)
            }
        }
    }

    /// What is to be noted here of commits that Redis stored.
    private struct Settlement: Sendable {
        /// Rooms that SQLite had.
        var moved: [RoomID] = []
        /// Rooms that live and were remembered as removed.
        var reborn: [RoomID] = []
        /// The last commits of rooms that ended.
        var ended: [RoomCommit] = []
        /// Whether those are to be remembered, since something of them may come late.
        var isInDoubt = false

        var isInMemoryAlone: Bool { moved.isEmpty && reborn.isEmpty && (ended.isEmpty || !isInDoubt) }

        init(_ stored: [RoomCommit], _ ledger: RoomLedger) {
            for (room, commits) in CommitRules.byRoom(stored) {
                if ledger.owed[room] != nil { moved.append(room) }
                if let last = commits.last, commits.endInRemoval {
                    ended.append(last)
                } else if ledger.graves[room] != nil {
                    reborn.append(room)
                }
            }
        }
    }

    /// What Redis stored is deleted from SQLite before anybody hears that it is stored: else SQLite would have an older
    /// record after a crash, and it would count as the newest.
    /// - Parameter completion: told an error when it could not be deleted. It counts as the newest still, and for whoever
    ///   asked nothing was stored.
    private func settle(_ stored: [RoomCommit], _ completion: @escaping @Sendable (StoreError?) -> Void) {
        let isPlain = ledger.withLock(\.isClear) && !stored.contains(where: \.isRemoval)
        guard !isPlain else { return completion(nil) }
        var settlement = ledger.withLock { Settlement(stored, $0) }
        settlement.isInDoubt = !settlement.ended.isEmpty && relay.isInDoubt
        let now = relay.now
        let living = Set(settlement.moved + settlement.reborn).subtracting(settlement.ended.map(\.room))
        let note: @Sendable ([RoomID: Int64]) -> Void = { [self, settlement] graves in
            ledger.withLock { ledger in
                for room in living { ledger.storedInPrimary(room) }
                for commit in settlement.ended { ledger.removed(commit.room, grave: graves[commit.room]) }
            }
        }
        guard !settlement.isInMemoryAlone else {
            note([:])
            return completion(nil)
        }
        database.submit(
            { [removals, settlement] db in
                for room in settlement.moved { try SQLiteRoomStore.forget(room, db) }
                for room in settlement.reborn { try removals.forget(room, db) }
                var graves: [RoomID: Int64] = [:]
                for commit in settlement.ended where settlement.isInDoubt {
                    graves[commit.room] = try removals.remember(commit, at: now, db)
                }
                return graves
            },
            completion: { result in
                switch result {
                case .success(let graves):
                    note(graves)
                    completion(nil)
                case .failure(let error): completion(error)
                }
            })
    }

    // MARK: In SQLite

    private struct Arrival: Sendable {
        var report: AppendReport
        /// The terms of the rooms that SQLite has now.
        var stored: [RoomID: Term] = [:]
        /// The numbers of the removals that are owed.
        var removed: [RoomID: Int64] = [:]
    }

    private func appendLocally(_ commits: [RoomCommit], completion: @escaping Appended) {
        let (rooms, sent) = ledger.withLock { ledger in
            let rooms = Set(commits.map(\.room))
            ledger.departed(rooms)
            return (rooms, ledger.lifted(commits))
        }
        database.submit(
            { [removals] db in try Self.arrive(sent, removals, db) },
            completion: { [self] result in
                ledger.withLock { ledger in
                    ledger.arrived(rooms)
                    guard let arrival = try? result.get() else { return }
                    for (room, term) in arrival.stored { ledger.storedLocally(room, term) }
                    for (room, number) in arrival.removed { ledger.removed(room, grave: number) }
                }
                completion(result.map(\.report))
            })
    }

    private static func arrive(_ commits: [RoomCommit], _ removals: OwedRemovals, _ db: Database) throws -> Arrival {
        var arrival = Arrival(report: try SQLiteRoomStore.append(commits, db))
        for (room, commits) in CommitRules.byRoom(commits) where !arrival.report.refused.contains(room) {
            guard let last = commits.last else { continue }
            guard commits.endInRemoval else {
                if !arrival.report.behind.contains(room) { arrival.stored[room] = last.term }
                continue
            }
            // What is not here, or not whole, is in Redis: there it is to go too.
            if arrival.report.behind.remove(room) != nil { try SQLiteRoomStore.write(last, db) }
            arrival.removed[room] = try removals.owe(last, archivedUntil: commits.archivedUntil, db)
        }
        return arrival
    }
}

extension RoomCommit {
    fileprivate var isRemoval: Bool { if case .removed = change { true } else { false } }
}

extension AppendReport {
    fileprivate func contains(_ room: RoomID) -> Bool { refused.contains(room) || behind.contains(room) }

    fileprivate func merging(_ other: AppendReport) -> AppendReport {
        AppendReport(refused: refused.union(other.refused), behind: behind.union(other.behind))
    }
}
