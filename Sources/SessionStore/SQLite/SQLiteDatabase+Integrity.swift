internal import Dispatch
internal import GRDB

extension SQLiteDatabase {
    /// Reads the whole file and looks whether it is sound: worth its time after an unclean end. Takes seconds for a file of
    /// a gigabyte, on a connection and a thread of its own, so that jobs go on meanwhile; but the log cannot be cut as long
    /// as it runs. Cancel its task before closing, or closing waits for it.
    /// - Throws: `corrupt` with the first fault found, `unavailable` when the file could not be read to its end.
    public func checkIntegrity() async throws(StoreError) {
        do {
            var configuration = Configuration()
            configuration.label = "parlor.sqlite.check"
            configuration.readonly = true
            configuration.qos = .utility
            let connection = try DatabaseQueue(path: folder.file, configuration: configuration)
            defer { try? connection.close() }
            // The first fault is enough: what to do is the same for one and for many.
            let answer = try await connection.read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") }
            guard answer == "ok" else { throw StoreError(.corrupt, "the file is damaged: \(Self.brief(answer))") }
        } catch is CancellationError {
            throw StoreError(.unavailable, "the check was ended early")
        } catch {
            throw StoreError(error)
        }
    }

    /// SQLite names tables, indexes and pages here, never what is in them. One line of a length that a log can bear.
    private static func brief(_ answer: String?) -> String {
        let text = (answer ?? "no answer").split(whereSeparator: \.isNewline).joined(separator: " ")
        return String(text.prefix(200))
    }

    /// Whether there is a log with something in it: closing empties it.
    static func hasLog(_ file: String) -> Bool { DurableFile.size(of: "\(file)-wal") > 0 }

    /// SQLite takes an empty file for a new one and deletes the log beside it. It never leaves the two like this itself:
    /// the log begins when the file's first page is safe.
    static func refuseLogAlone(_ file: String) throws(StoreError) {
        guard DurableFile.size(of: file) > 0 || !hasLog(file) else {
            throw StoreError(.corrupt, "it is empty, but its log is not")
        }
    }
}
