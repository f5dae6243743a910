internal import GRDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Looks into a server's file while the server runs or rests, and changes and creates nothing: for an operator's commands.
///
/// Each read opens the file, reads in one transaction and closes it again, so that whoever reads page by page never keeps
/// the server from folding its log into the file. Blocks; not for a server's threads.
public struct SQLiteReader: Sendable {
    /// Which files a caller can make something of.
    public enum Acceptance: Sendable {
        /// Those of this version alone.
        case current
        /// Older ones too: a backup is made before an upgrade, and restored after it.
        case older
    }

    public let file: String

    public init(folder: String) { file = DataFolder.file(in: folder) }
    public init(file: String) { self.file = file }

    /// How often a read is tried while a server starts or stops beside it, each of which takes a moment and comes seldom.
    private static let attempts = 3

    /// - Throws: `unavailable` when there is no such file, `newerSchema`, `olderSchema`, `corrupt`.
    func read<Value>(
        _ acceptance: Acceptance = .current, _ work: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        do {
            for _ in 0..<Self.attempts {
                guard let before = FileState(file) else { throw StoreError(.unavailable, "there is no database") }
                let value = try read(restingAs: before, acceptance, work)
                if before.hasLog || FileState(file) == before { return value }
            }
            throw StoreError(.unavailable, "a server starts or stops there: try again")
        } catch {
            let fault = StoreError(error)
            throw StoreError(fault.code, "\(file): \(fault)")
        }
    }

    private func read<Value>(
        restingAs state: FileState, _ acceptance: Acceptance, _ work: (Database) throws -> Value
    ) throws -> Value {
        var configuration = Configuration()
        configuration.label = "parlor.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        // A file that nobody has open has no log beside it, and SQLite would make one to read it, unless it is told that
        // nobody writes. Whether that stayed true is seen afterwards.
        let path = state.hasLog ? file : Self.immutable(file)
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? connection.close() }
        return try connection.read { db in
            try Self.check(db, acceptance)
            return try work(db)
        }
    }

    private static func check(_ db: Database, _ acceptance: Acceptance) throws {
        guard try !Schema.migrator.hasBeenSuperseded(db) else {
            throw StoreError(.newerSchema, "a newer version of the server wrote it, or it is none of this server's")
        }
        guard try !Schema.migrator.appliedIdentifiers(db).isEmpty else {
            throw StoreError(.corrupt, "it is no database of this server")
        }
        if acceptance == .current, try !Schema.migrator.hasCompletedMigrations(db) {
            let remedy = "it is brought up to date when this one serves it"
            throw StoreError(.olderSchema, "an older version of the server wrote it: \(remedy)")
        }
    }

    private static func immutable(_ path: String) -> String {
        let escaped = path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
        return (escaped.hasPrefix("/") ? "file://" : "file:") + escaped + "?immutable=1"
    }
}

/// What a file is known again by, and whether somebody has it open or left it without closing it.
private struct FileState: Equatable {
    let size: Int64
    let inode: UInt64
    let seconds: Int
    let nanoseconds: Int
    let hasLog: Bool

    /// nil: there is no such file.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        size = Int64(facts.st_size)
        inode = UInt64(facts.st_ino)
        #if canImport(Glibc)
            (seconds, nanoseconds) = (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
        #else
            (seconds, nanoseconds) = (facts.st_mtimespec.tv_sec, facts.st_mtimespec.tv_nsec)
        #endif
        hasLog = access("\(path)-wal", F_OK) == 0
    }
}
