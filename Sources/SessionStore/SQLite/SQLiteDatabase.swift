internal import Dispatch
internal import GRDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The one file in which a server without Redis keeps everything, and its only writer.
///
/// Jobs come from any thread. Those that come while a transaction is under way go together in the next one, so that one
/// flush of the disk makes all of them safe: the more there is to do, the less each costs.
public final class SQLiteDatabase: Sendable {
    /// What a commit waits for (SQLite, "PRAGMA synchronous").
    public enum Synchronous: String, Sendable {
        /// The disk: nothing acknowledged is lost when the power fails.
        case full = "FULL"
        /// The operating system: nothing is lost when the process dies.
        case normal = "NORMAL"
    }

    /// One thing to do in a transaction of its own or of many.
    struct Job: Sendable {
        let run: @Sendable (Database) throws -> Void
        /// Called once, when what was done is safe or was not done.
        let finish: @Sendable (StoreError?) -> Void
    }

    static let fileName = "parlor.sqlite"
    private static let lockName = "parlor.lock"
    /// The log of a quiet database is cut to this; a busy one's is checkpointed every thousand pages.
    private static let walBytes = 4 << 20

    private struct Waiting {
        var jobs: [Job] = []
        var isScheduled = false
        var isClosed = false
    }

    private let database: DatabaseQueue
    private let queue = DispatchQueue(label: "parlor.sqlite")
    private let waiting = Mutex(Waiting())
    private let lock: FolderLock
    private let transactions = Atomic<Int>(0)

    /// How many transactions there were; less than jobs when there was much to do.
    public var transactionCount: Int { transactions.load(ordering: .relaxed) }

    /// Opens the database of a folder, and makes both if they are not there.
    /// - Throws: `unavailable` when the folder cannot be used or another server uses it, `corrupt`, `newerSchema`; what is
    ///   there is then left as it was.
    public init(folder: String, synchronous: Synchronous = .full) throws(StoreError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw StoreError(.unavailable, "cannot make the folder \(folder): \(SystemFault.current)")
        }
        lock = try FolderLock(path: "\(folder)/\(Self.lockName)", folder: folder)
        let path = "\(folder)/\(Self.fileName)"
        // Made here so that nobody else can read it for a moment; SQLite gives its companions the same rights.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StoreError(.unavailable, "cannot open \(path): \(SystemFault.current)") }
        _ = Glibc.close(file)

        do {
            try Schema.refuseNewer(path)
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = \(synchronous.rawValue)")
                try db.execute(sql: "PRAGMA journal_size_limit = \(Self.walBytes)")
            }
            database = try DatabaseQueue(path: path, configuration: configuration)
            try Schema.migrator.migrate(database)
        } catch {
            throw StoreError(error, at: path)
        }
    }

    // MARK: Jobs

    /// Has a job done in the next transaction. From any thread.
    func submit(_ job: Job) {
        let (isClosed, mustSchedule) = waiting.withLock { waiting in
            guard !waiting.isClosed else { return (true, false) }
            waiting.jobs.append(job)
            defer { waiting.isScheduled = true }
            return (false, !waiting.isScheduled)
        }
        if isClosed { return job.finish(StoreError(.closed, "the store was closed")) }
        if mustSchedule { queue.async { self.runJobs() } }
    }

    /// Has something done in the next transaction and hands over what came of it, on the writer's thread.
    func submit<Value: Sendable>(
        _ run: @escaping @Sendable (Database) throws -> Value,
        completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        let value = Mutex<Value?>(nil)
        submit(
            Job { db in
                let result = try run(db)
                value.withLock { $0 = result }
            } finish: { error in
                let failure = error ?? StoreError(.unavailable, "the job was not run")
                completion(
                    value.withLock { $0 }.map { error == nil ? .success($0) : .failure(failure) } ?? .failure(failure))
            })
    }

    func perform<Value: Sendable>(
        _ run: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result = await withCheckedContinuation { continuation in
            submit(run) { result in continuation.resume(returning: result) }
        }
        return try result.get()
    }

    private func runJobs() {
        let jobs = waiting.withLock { waiting in
            defer { (waiting.jobs, waiting.isScheduled) = ([], false) }
            return waiting.jobs
        }
        var faults = [StoreError?](repeating: nil, count: jobs.count)
        do {
            transactions.wrappingAdd(1, ordering: .relaxed)
            faults = try database.writeWithoutTransaction { db in
                var faults = [StoreError?](repeating: nil, count: jobs.count)
                try db.inTransaction(.immediate) {
                    for (index, job) in jobs.enumerated() { faults[index] = try Self.run(job, db) }
                    return .commit
                }
                return faults
            }
        } catch {
            let fault = StoreError(error, at: Self.fileName)
            faults = Array(repeating: fault, count: jobs.count)
        }
        for (job, fault) in zip(jobs, faults) { job.finish(fault) }
    }

    /// Runs one job of many so that its failure is its own.
    /// - Throws: when the failure has ended the transaction, as a full disk does: then nothing of it was done.
    private static func run(_ job: Job, _ db: Database) throws -> StoreError? {
        do {
            try db.inSavepoint {
                try job.run(db)
                return .commit
            }
            return nil
        } catch {
            guard db.isInsideTransaction else { throw error }
            return StoreError(error, at: fileName)
        }
    }

    // MARK: Health and end

    /// How long it takes to be answered.
    public func ping() async throws(StoreError) -> Duration {
        let start = ContinuousClock.now
        _ = try await perform { db in try Int.fetchOne(db, sql: "SELECT 1") }
        return start.duration(to: .now)
    }

    /// Finishes what was begun, folds the log into the file and lets go of the folder. Later jobs fail with `closed`.
    public func close() async {
        waiting.withLock { $0.isClosed = true }
        await withCheckedContinuation { continuation in
            queue.async {
                _ = try? self.database.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
                try? self.database.close()
                self.lock.release()
                continuation.resume()
            }
        }
    }
}
