public import FoundationEssentials
internal import GRDB

/// Puts a backup in the place of a server's file, at rest.
///
/// All is prepared under another name; one renaming makes it the file. A crash before it leaves the old one, a crash after
/// it the new one.
public enum Restore {
    /// What was done, for the operator.
    public struct Report: Equatable, Sendable {
        public let contents: BackupContents
        /// Whether an older version of the server had written the backup.
        public let wasMigrated: Bool
        /// Where the file is that was replaced; nil: there was none.
        public let kept: String?
        /// Whether the epochs are higher than those of the file that was replaced; false when it could not be read.
        public let isAheadOfReplaced: Bool
    }

    /// The moments before which a crash must do no harm; tests throw there.
    enum Moment: CaseIterable { case copied, prepared, folded, kept, cleared, moved }

    /// - Parameters:
    ///   - isReplacing: whether the folder may hold a database already, which is then kept under another name.
    ///   - now: names what is kept.
    /// - Throws: the folder's database is then the old one still. A copy that was begun may lie beside it, as
    ///   `parlor.sqlite.restoring`; the next restore overwrites it.
    public static func run(
        from backup: String, into folder: String, isReplacing: Bool, now: Date = .now,
        progress: @escaping (Double) -> Void = { _ in }
    ) throws(StoreError) -> Report {
        try run(from: backup, into: folder, isReplacing: isReplacing, now: now, progress: progress) { _ in }
    }

    static func run(
        from backup: String, into folder: String, isReplacing: Bool, now: Date, progress: @escaping (Double) -> Void,
        before reach: (Moment) throws(StoreError) -> Void
    ) throws(StoreError) -> Report {
        let source = SQLiteReader(file: backup)
        let contents = try Backup.verify(source, thoroughly: true)
        let folder = try DataFolder(folder)
        defer { folder.release() }
        // An empty file is what the line above makes, or a server that ended before it came to anything.
        let isThere = DurableFile.size(of: folder.file) > 0
        guard isReplacing || !isThere else {
            throw StoreError(.unavailable, "\(folder.file) is there already")
        }

        let next = "\(folder.file).restoring"
        try DurableFile.empty(next)
        try DatabaseCopy.write(source, to: next, progress: progress)
        try reach(.copied)
        let epochs = isThere ? epochs(in: folder.file) : [:]
        let wasMigrated = try prepare(next, above: epochs ?? [:])
        try DurableFile.flush(next)
        try reach(.prepared)

        let kept = isThere ? try keep(folder.file, now, reach) : nil
        try DurableFile.move(next, to: folder.file)
        try reach(.moved)
        return Report(contents: contents, wasMigrated: wasMigrated, kept: kept, isAheadOfReplaced: epochs != nil)
    }

    // MARK: The new file

    /// Brings the copy up to date and its rooms into an epoch of their own: clients may have seen more than the backup has.
    /// - Returns: whether there was anything to bring up to date.
    private static func prepare(_ file: String, above epochs: [String: Int64]) throws(StoreError) -> Bool {
        do {
            var configuration = Configuration()
            configuration.prepareDatabase { db in
                // One file, with nothing beside it that could be lost on the way; a server makes it a log again.
                _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
            }
            let connection = try DatabaseQueue(path: file, configuration: configuration)
            defer { try? connection.close() }
            let isOlder = try connection.read { db in try !Schema.migrator.hasCompletedMigrations(db) }
            try Schema.migrator.migrate(connection)
            try connection.write { db in
                let raise = try db.makeStatement(sql: "UPDATE rooms SET epoch = max(epoch, ?) WHERE room = ?")
                for (room, epoch) in epochs { try raise.execute(arguments: [epoch, room]) }
                try db.execute(sql: "UPDATE rooms SET epoch = epoch + 1, term = term + 1")
                // What was to be removed from Redis then may live there now. What was to be saved is still owed: whatever
                // Redis has that is newer stays.
                try db.execute(
                    sql: """
                        DELETE FROM owed_removals;
                        DELETE FROM owed_sessions WHERE session IS NULL;
                        UPDATE owed_sessions SET removal = NULL;
                        """)
            }
            return isOlder
        } catch {
            throw StoreError(error)
        }
    }

    /// How far the rooms of the file that is replaced have come, which the new file must be above: a crash, or an earlier
    /// restore, may have raised them since the backup. nil: it cannot be read.
    private static func epochs(in file: String) -> [String: Int64]? {
        try? SQLiteReader(file: file).read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT room, epoch FROM rooms WHERE epoch > 1")
            var epochs: [String: Int64] = [:]
            while let row = try rows.next() { epochs[row["room"]] = row["epoch"] }
            return epochs
        }
    }

    // MARK: The old file

    /// Gives the old file a second name. Its log must be gone before the new file has its name: SQLite would fold it into
    /// that one.
    private static func keep(
        _ file: String, _ now: Date, _ reach: (Moment) throws(StoreError) -> Void
    ) throws(StoreError) -> String {
        let kept = "\(file).replaced-\(stamp(now))"
        let log = "\(file)-wal"
        fold(file)
        try reach(.folded)
        try DurableFile.keep(file, as: kept)
        // Left where the old file is too damaged to take it: then it is kept beside it.
        if DurableFile.size(of: log) > 0 { try DurableFile.keep(log, as: "\(kept)-wal") }
        try reach(.kept)
        for companion in [log, "\(file)-shm"] { DurableFile.remove(companion) }
        try reach(.cleared)
        return kept
    }

    /// Folds the log of a server that crashed into its file, after which either is the old state.
    private static func fold(_ file: String) {
        guard DurableFile.size(of: "\(file)-wal") > 0, let old = try? DatabaseQueue(path: file) else { return }
        _ = try? old.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        try? old.close()
    }

    /// As `20250131-235959`, in UTC.
    private static func stamp(_ now: Date) -> String {
        let text = now.formatted(.iso8601.timeSeparator(.omitted).dateSeparator(.omitted))
        return text.replacing("T", with: "-").replacing("Z", with: "")
    }
}
