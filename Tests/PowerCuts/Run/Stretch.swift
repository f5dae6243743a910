internal import Dispatch
internal import PowerCutDisk
internal import SessionStore
internal import Synchronization

/// What a server did from its start until the power went.
struct Stretch {
    /// What is stored after each transaction, and how much went into it. The first is what there was at the start.
    private(set) var history: [(contents: Contents, commits: Int)]
    /// The newest transaction that somebody was told of.
    private(set) var acknowledged = 0

    /// Has a real store work on `folder` until the cut.
    /// - Throws: when the store fails though it has power.
    init(
        in folder: String, from contents: Contents, _ synchronous: SQLiteDatabase.Synchronous, _ plan: power_cuts_plan
    ) async throws {
        history = [(contents, 0)]
        try PowerCut.watch(folder, plan)
        do {
            let database = try SQLiteDatabase(folder: folder, synchronous: synchronous)
            // Refused without power, and so changes nothing; but it lets go of the files.
            do { try await work(database, seed: plan.seed) } catch {
                await database.close()
                throw error
            }
            await database.close()
        } catch {
            guard PowerCut.isOut else { throw error }
        }
    }

    private mutating func work(_ database: SQLiteDatabase, seed: UInt64) async throws {
        var workload = Workload(random: SeededRandom(seed: seed), contents: history[0].contents)
        while !PowerCut.isOut {
            let round = workload.next()
            history.append((workload.contents, round.commits))
            if try await perform(round, database) { acknowledged = history.count - 1 }
        }
    }

    /// - Returns: whether somebody was told that it is stored. What is answered once the power is out reaches nobody.
    private func perform(_ round: Round, _ database: SQLiteDatabase) async throws -> Bool {
        switch round {
        case .append(let batches): return try await append(batches, to: database)
        case .claim(let room): _ = try await SQLiteRoomStore(database).claim(room)
        case .save(let session): try await SQLiteSessionStore(database).save(session)
        }
        return !PowerCut.isOut
    }

    /// Has each batch come from a thread of its own, while the writer is held up, so that all share a transaction.
    private func append(_ batches: [[RoomCommit]], to database: SQLiteDatabase) async throws -> Bool {
        let store = SQLiteRoomStore(database)
        let gate = DispatchSemaphore(value: 0)
        await withCheckedContinuation { reached in
            store.append([]) { _ in
                reached.resume()
                gate.wait()
            }
        }
        let (answers, told) = AsyncStream.makeStream(of: (Result<AppendReport, StoreError>, isHeard: Bool).self)
        DispatchQueue.concurrentPerform(iterations: batches.count) { index in
            store.append(batches[index]) { told.yield(($0, isHeard: !PowerCut.isOut)) }
        }
        gate.signal()
        var isHeard = true
        for await answer in answers.prefix(batches.count) {
            guard try answer.0.get().isEmpty else { throw Failure("the store refused what fits") }
            isHeard = isHeard && answer.isHeard
        }
        return isHeard
    }

    // MARK: Judging

    enum Verdict {
        /// Everything up to a transaction of this stretch.
        case whole(upTo: Int)
        /// Everything up to one that had not outlived an earlier cut.
        case revived(Contents)
        /// There is no transaction after which the store held what it holds.
        case broken(String)
    }

    /// - Parameters:
    ///   - copy: what the cut left, to be opened by the same store.
    ///   - abandoned: what was stored, and then not there after the cut before. Its last pages may still lie in the log
    ///     behind the first that is missing. Should a torn write of this stretch put just that one right, by the same
    ///     bytes, then the log is whole again and the old end of it is back: sound, though nobody expects it.
    func judge(_ copy: String, abandoned: [Contents]) async -> Verdict {
        do {
            let left = try await Contents.read(copy)
            if let end = history.lastIndex(where: { $0.contents == left }) { return .whole(upTo: end) }
            return abandoned.contains(left) ? .revived(left) : .broken("what is left was never stored, or not together")
        } catch {
            return .broken("\(error)")
        }
    }

    /// How many acknowledged commits came after a transaction.
    func lost(after end: Int) -> Int {
        end < acknowledged ? history[(end + 1)...acknowledged].map(\.commits).reduce(0, +) : 0
    }

    var acknowledgedCommits: Int { lost(after: 0) }
}
