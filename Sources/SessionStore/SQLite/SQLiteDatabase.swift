internal import GRDB
internal import Synchronization

/// The one file in which a server without Redis keeps everything, and its only writer.
///
/// Jobs come from any thread. Those that come while a transaction is under way go together in the next one: the more
/// there is to do, the less each costs.
public final class SQLiteDatabase: Sendable {
    /// What a commit waits for (SQLite, "PRAGMA synchronous").
    public enum Synchronous: String, Sendable {
        /// The disk: nothing acknowledged is lost when the power fails.
        case full = "FULL"
        /// The operating system: nothing is lost when the process dies.
        case normal = "NORMAL"
    }

    /// Whether the last server on this folder did not close it: it was killed or the power went. Its log was there then
    /// and has been read; `checkIntegrity` says whether the file bore it. Also true when another process, such as a
    /// backup, kept the log from being folded in at the end.
    public let endedUncleanly: Bool

    let folder: DataFolder
    /// Runs on a serial queue of its own, the writer's thread.
    private let connection: DatabaseQueue
    private let waiting = Mutex(WriteQueue<WriteJob>())

    /// Opens the database of a folder, and makes both if they are not there.
    /// - Parameter patience: how long another process, such as a backup, may hold the file before jobs fail.
    /// - Throws: `unavailable` when the folder cannot be used or another server uses it, `corrupt`, `newerSchema`; what is
    ///   in the file is then left as it was.
    public init(
        folder: String, synchronous: Synchronous = .full, patience: Duration = .seconds(5)
    ) throws(StoreError) {
        let folder = try DataFolder(folder)
        self.folder = folder
        endedUncleanly = Self.hasLog(folder.file)
        do {
            try Self.refuseLogAlone(folder.file)
            try Schema.refuseNewer(folder.file)
            connection = try Self.connect(folder.file, synchronous, patience)
            try connection.read(Schema.refuseNewer)
            try Schema.migrator.migrate(connection)
        } catch {
            let fault = StoreError(error)
            throw StoreError(fault.code, "\(folder.file): \(fault)")
        }
    }

    private static func connect(
        _ file: String, _ synchronous: Synchronous, _ patience: Duration
    ) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "parlor.sqlite"
        configuration.busyMode = .timeout(patience / .seconds(1))
        configuration.prepareDatabase { db in
            // Where it cannot have a log, SQLite only says so.
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw StoreError(.unavailable, "the file system does not allow a write-ahead log")
            }
            try db.execute(sql: "PRAGMA synchronous = \(synchronous.rawValue)")
            // Folded into the file every 4 MB, and cut to that after a burst.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
            try db.execute(sql: "PRAGMA journal_size_limit = \(4 << 20)")
        }
        return try DatabaseQueue(path: file, configuration: configuration)
    }

    // MARK: Jobs

    /// Has something done in the next transaction. From any thread, never blocking.
    /// - Parameter completion: called once the transaction is committed or has failed; on the writer's thread, which it
    ///   must not hold up.
    func submit<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value,
        completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        let job = WriteJob(work, completion: completion)
        switch waiting.withLock({ $0.post(job) }) {
        case .wakeWriter: connection.asyncWriteWithoutTransaction { db in self.work(in: db) }
        case .waits: break
        case .isFull: job.fail(StoreError(.unavailable, "the disk is too far behind"))
        case .isClosed: job.fail(StoreError(.closed, "the store was closed"))
        }
    }

    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result = await withCheckedContinuation { continuation in
            submit(work) { result in continuation.resume(returning: result) }
        }
        return try result.get()
    }

    private func work(in db: Database) {
        while let group = waiting.withLock({ $0.nextGroup() }) { GroupCommit.run(group, in: db) }
    }

    // MARK: Health and end

    /// How long a job that does next to nothing takes now, waiting included. For whoever asks after the server's health.
    public func ping() async throws(StoreError) -> Duration {
        let start = ContinuousClock.now
        _ = try await perform { db in try Int.fetchOne(db, sql: "SELECT 1") }
        return start.duration(to: .now)
    }

    /// Finishes what was begun, folds the log into the file and lets go of the folder. Later jobs fail with `closed`;
    /// later calls do nothing.
    public func close() async {
        guard waiting.withLock({ $0.close() }) else { return }
        await withCheckedContinuation { continuation in
            connection.asyncWriteWithoutTransaction { db in
                // A wake-up may be overtaken by this one.
                self.work(in: db)
                // What fails here loses nothing: the log stays, and is folded in when the file is next opened.
                _ = try? db.checkpoint(.truncate)
                continuation.resume()
            }
        }
        try? connection.close()
        folder.release()
    }
}
