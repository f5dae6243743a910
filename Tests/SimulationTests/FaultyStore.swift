import NIOCore
import RoomEngine
import SessionStore
import Synchronization

/// A store that takes its time and fails in every way that a store may, and what survives in it. Every process gets a
/// handle of its own.
///
/// Unchecked, because a whole simulation runs in one thread.
final class FaultyStore: @unchecked Sendable {
    /// What becomes of one append.
    private enum Fate {
        case stored
        /// Nothing is stored, and that is said.
        case failsBefore
        /// All is stored, and the answer is that it failed.
        case failsAfter
        /// Some of the rooms are stored.
        case failsHalfway
        /// The failure is told first, and stored it is only later: a late success, which a new term must shut out.
        case failsThenStores
    }

    private final class Job {
        let body: (_ isLast: Bool) -> Void
        var isDone = false
        init(_ body: @escaping (Bool) -> Void) { self.body = body }
    }

    let rooms = MemoryRoomStore(keepsArchives: true)
    private let agenda: Agenda
    private let chance: Chance
    private let judge: Judge
    /// What a process has asked for and not got, in order.
    private var waiting: [Job] = []
    private var newest = NIODeadline.uptimeNanoseconds(0)
    var isFaulty = true
    private(set) var appends = 0

    init(_ agenda: Agenda, _ chance: Chance, _ judge: Judge) {
        self.agenda = agenda
        self.chance = chance
        self.judge = judge
    }

    func handle(owner: Int) -> Handle { Handle(store: self, owner: owner) }

    /// The process that asks is killed: of what is under way some first part is still stored, and nobody hears of it.
    func crash() {
        let stored = chance.below(waiting.count + 1)
        for job in waiting.prefix(stored) {
            job.isDone = true
            job.body(true)
        }
        for job in waiting { job.isDone = true }
        waiting = []
    }

    /// Does something after everything that was asked for before.
    private func enqueue(_ body: @escaping (_ isLast: Bool) -> Void) {
        let isSlow = isFaulty && chance.once(in: 40)
        newest = max(newest, agenda.now + (isSlow ? chance.millis(20...800) : chance.micros(100...3000)))
        let job = Job(body)
        waiting.append(job)
        agenda.add(at: newest) { [self] in
            guard !job.isDone else { return }
            job.isDone = true
            waiting.removeAll { $0 === job }
            body(false)
        }
    }

    private func fate() -> Fate {
        guard isFaulty, chance.once(in: 25) else { return .stored }
        switch chance.below(4) {
        case 0: return .failsBefore
        case 1: return .failsAfter
        case 2: return .failsHalfway
        default: return .failsThenStores
        }
    }

    /// - Parameter completion: not called for a process that is dead.
    fileprivate func append(
        _ commits: [RoomCommit], by owner: Int, completion: @escaping (Result<AppendReport, StoreError>) -> Void
    ) {
        appends += 1
        let fate = fate()
        let failure = StoreError(.unavailable, "simulated")
        enqueue { [self] isLast in
            switch fate {
            case .stored:
                let report = write(commits, by: owner)
                if !isLast { completion(.success(report)) }
            case .failsBefore:
                if !isLast { completion(.failure(failure)) }
            case .failsAfter:
                _ = write(commits, by: owner)
                if !isLast { completion(.failure(failure)) }
            case .failsHalfway:
                let lost = Set(commits.map(\.room).filter { _ in chance.once(in: 2) })
                _ = write(commits.filter { !lost.contains($0.room) }, by: owner)
                if !isLast { completion(.failure(failure)) }
            case .failsThenStores:
                if !isLast { completion(.failure(failure)) }
                agenda.add(in: chance.millis(0...400)) { _ = self.write(commits, by: owner) }
            }
        }
    }

    fileprivate func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        let fails = isFaulty && chance.once(in: 20)
        enqueue { [self] isLast in
            guard !isLast else { return }
            guard !fails else { return completion(.failure(StoreError(.unavailable, "simulated"))) }
            rooms.claim(room, completion: completion)
        }
    }

    private func write(_ commits: [RoomCommit], by owner: Int) -> AppendReport {
        let report = Mutex(AppendReport())
        rooms.append(commits) { result in report.withLock { $0 = (try? result.get()) ?? AppendReport() } }
        return report.withLock { report in
            let unfit = report.refused.union(report.behind)
            judge.stored(commits.filter { !unfit.contains($0.room) }, by: owner)
            return report
        }
    }

    /// The store as one process has it.
    struct Handle: RoomStore {
        fileprivate let store: FaultyStore
        fileprivate let owner: Int

        func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
            store.claim(room, completion: completion)
        }

        func append(
            _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
        ) {
            store.append(commits, by: owner, completion: completion)
        }

        func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] { [] }
        func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? { nil }
        func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int { 0 }
    }
}
