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
        remember(sent) { [self] graves in
            primary.append(sent) { [self] result in
                switch result {
                case .success(let answer):
                    settle(sent, answer, graves) { error in
                        complete(error.map { .failure($0) } ?? .success(answer.merging(report)))
                    }
                case .failure(let error) where error.isOutage:
                    ledger.withLock { $0.doubted(commits, sent: sent) }
                    relay.primaryFailed(error, generation: generation)
                    // Also when Redis serves again already: it may have stored them or not.
                    appendLocally(commits) { [self] result in
                        forget(graves) { complete(result.map { $0.merging(report) }) }
                    }
                case .failure: forget(graves) { complete(result) }
                }
            }
        }
    }

    /// Remembers the removals among commits before Redis is asked for them: something older may come late, also after a
    /// crash in between. A disk that cannot is no reason to keep the rooms.
    /// - Parameter completion: told under which numbers.
    private func remember(_ sent: [RoomCommit], _ completion: @escaping @Sendable ([RoomID: Int64]) -> Void) {
        guard sent.contains(where: \.isRemoval) else { return completion([:]) }
        let ends = CommitRules.byRoom(sent).values.filter(\.endInRemoval).compactMap(\.last)
        let now = relay.now
        database.submit(
            { [removals] db in
                try ends.reduce(into: [:]) { graves, end in graves[end.room] = try removals.remember(end, at: now, db) }
            },
            completion: { result in completion((try? result.get()) ?? [:]) })
    }

    /// Forgets again what was remembered of rooms that live on: after a restart they would count as removed.
    private func forget(_ graves: [RoomID: Int64], _ completion: @escaping @Sendable () -> Void) {
        let needless = ledger.withLock { ledger in graves.filter { ledger.graves[$0.key] == nil } }
        guard !needless.isEmpty else { return completion() }
        database.submit(
            { [removals] db in for (room, number) in needless { try removals.forget(room, number: number, db) } },
            completion: { _ in completion() })
    }

    /// What is to be noted of commits that Redis was sent.
    private struct Settlement: Sendable {
        /// Rooms that live in Redis, and that SQLite had.
        var moved: [RoomID] = []
        /// Rooms that live, and are remembered as removed.
        var reborn: [RoomID] = []
        /// Rooms that ended.
        var ended: [RoomID] = []

        init(_ sent: [RoomCommit], _ answer: AppendReport, _ graves: [RoomID: Int64], _ ledger: RoomLedger) {
            guard !ledger.isClear || !graves.isEmpty || sent.contains(where: \.isRemoval) else { return }
            for (room, commits) in CommitRules.byRoom(sent) {
                let isStored = !answer.contains(room)
                let isToEnd = commits.endInRemoval
                if isStored, isToEnd { ended.append(room) }
                if isStored, ledger.owed[room] != nil { moved.append(room) }
                if isStored ? !isToEnd && ledger.graves[room] != nil : isToEnd && ledger.graves[room] == nil {
                    reborn.append(room)
                }
            }
        }
    }

    /// What Redis stored is deleted from SQLite before anybody hears that it is stored: else SQLite would have an older
    /// record after a crash, and it would count as the newest.
    /// - Parameter completion: told an error when that could not be noted. What is in SQLite counts as the newest still, and
    ///   for whoever asked nothing was stored.
    private func settle(
        _ sent: [RoomCommit], _ answer: AppendReport, _ graves: [RoomID: Int64],
        _ completion: @escaping @Sendable (StoreError?) -> Void
    ) {
        let settlement = ledger.withLock { Settlement(sent, answer, graves, $0) }
        let note = { @Sendable [self] in
            ledger.withLock { ledger in
                for room in settlement.moved { ledger.moved(room) }
                for room in settlement.reborn { ledger.reborn(room) }
                for room in settlement.ended { ledger.removed(room, grave: graves[room]) }
            }
        }
        guard !settlement.moved.isEmpty || !settlement.reborn.isEmpty else {
            if !settlement.ended.isEmpty { note() }
            return completion(nil)
        }
        database.submit(
            { [removals] db in
                for room in settlement.moved { try SQLiteRoomStore.forget(room, db) }
                for room in settlement.reborn { try removals.forget(room, db) }
            },
            completion: { result in
                guard case .failure(let error) = result else {
                    note()
                    return completion(nil)
                }
                completion(error)
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
            arrival.removed[room] = try removals.owe(last, db)
        }
        return arrival
    }
}

extension AppendReport {
    fileprivate func contains(_ room: RoomID) -> Bool { refused.contains(room) || behind.contains(room) }

    fileprivate func merging(_ other: AppendReport) -> AppendReport {
        AppendReport(refused: refused.union(other.refused), behind: behind.union(other.behind))
    }
}
