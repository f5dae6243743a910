internal import GRDB

/// What a copy of a server's file holds.
public struct BackupContents: Equatable, Sendable {
    public let rooms: Int
    public let endedRooms: Int
    public let sessions: Int
    public let bytes: Int
}

/// A consistent copy of a server's file, made beside the running server.
///
/// SQLite's online backup, inside one read transaction: page by page, so it can tell how far it is, which `VACUUM INTO`
/// cannot. The server goes on writing meanwhile; only its log cannot be
/// folded into the file before the copy is done, so it grows by what is written in that time. Without the transaction the
/// copy would begin anew with every commit of the server. Unused pages are copied too.
public enum Backup {
    /// - Parameters:
    ///   - isReplacing: whether a file that is there already may be replaced.
    ///   - progress: told now and then how much is done, from 0 to 1.
    /// - Throws: when the copy could not be made, or is not whole; `file` is then as it was.
    public static func make(
        of source: SQLiteReader, at file: String, isReplacing: Bool, progress: @escaping (Double) -> Void
    ) throws(StoreError) -> BackupContents {
        try refuse(file, isReplacing)
        let temporary = try DurableFile.temporary(for: file)
        do {
            try DatabaseCopy.write(source, to: temporary, progress: progress)
            let contents = try verify(SQLiteReader(file: temporary), thoroughly: false)
            // It may have come while the copy was made.
            try refuse(file, isReplacing)
            try DurableFile.move(temporary, to: file)
            return contents
        } catch {
            DurableFile.remove(temporary)
            throw error
        }
    }

    /// - Parameter thoroughly: also whether all indices agree with their tables, which takes several times as long.
    static func verify(_ copy: SQLiteReader, thoroughly: Bool) throws(StoreError) -> BackupContents {
        try copy.read(.older) { db in
            let check = thoroughly ? "integrity_check" : "quick_check"
            guard try String.fetchOne(db, sql: "PRAGMA \(check)(1)") == "ok" else {
                throw StoreError(.corrupt, "the file is damaged")
            }
            let hasArchives = try db.tableExists("archives")
            let owed = "SELECT count(*) FROM owed_sessions WHERE session IS NOT NULL"
            let owesSessions = try db.tableExists("owed_sessions")
            let ended = "SELECT count(*) FROM archives WHERE room NOT IN (SELECT room FROM rooms)"
            return BackupContents(
                rooms: try Int.fetchOne(db, sql: "SELECT count(*) FROM rooms") ?? 0,
                endedRooms: hasArchives ? try Int.fetchOne(db, sql: ended) ?? 0 : 0,
                sessions: (try Int.fetchOne(db, sql: "SELECT count(*) FROM sessions") ?? 0)
                    + (owesSessions ? try Int.fetchOne(db, sql: owed) ?? 0 : 0),
                bytes: DurableFile.size(of: copy.file))
        }
    }

    private static func refuse(_ file: String, _ isReplacing: Bool) throws(StoreError) {
        guard isReplacing || !DurableFile.isThere(file) else {
            throw StoreError(.unavailable, "\(file) is there already")
        }
    }
}

/// Copies a database page by page.
enum DatabaseCopy {
    /// 8 MB: often enough to tell how far it is, seldom enough to cost nothing.
    private static let pagesPerStep: Int32 = 2048

    /// - Parameter file: empty. No database until this returns; nothing but the disk's cache vouches for it.
    static func write(
        _ source: SQLiteReader, to file: String, progress: @escaping (Double) -> Void
    ) throws(StoreError) {
        try source.read(.older) { from in
            // The reader has read in this transaction already, so each step of the copy is of that moment.
            var configuration = Configuration()
            configuration.prepareDatabase { db in
                // Nobody reads an unfinished copy, so it needs no way back.
                _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = OFF")
                try db.execute(sql: "PRAGMA synchronous = OFF")
            }
            let copy = try DatabaseQueue(path: file, configuration: configuration)
            defer { try? copy.close() }
            try copy.writeWithoutTransaction { to in
                try from.backup(to: to, pagesPerStep: pagesPerStep) { state in
                    progress(Double(state.completedPageCount) / Double(max(state.totalPageCount, 1)))
                }
            }
        }
    }
}
