import Foundation
import GRDB
import Testing

@testable import SessionStore

/// The write-ahead log must not fill the disk, whatever goes on.
@Suite struct LogSizeTests {
    /// Folded in at 1000 pages, by the commit that reaches them; each commit here writes fewer than 50.
    private static let bound = (1000 + 50) * (4096 + 24) + 32

    @Test func `without readers the log stays within a checkpoint and a commit`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder, synchronous: .normal)
            var largest = 0
            try await write(400, to: database) { largest = max(largest, try Self.size(folder)) }
            // Full at least once, or this shows nothing.
            #expect(largest > 1000 * 4096)
            #expect(largest <= Self.bound)
            await database.close()
        }
    }

    @Test func `a log that grew while a backup read shrinks when that is over`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder, synchronous: .normal)
            try await write(1, to: database) {}
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let reader = try DatabaseQueue(path: "\(folder)/parlor.sqlite", configuration: configuration)
            try await reader.writeWithoutTransaction { db in
                try db.execute(sql: "BEGIN")
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM rooms")
            }
            try await write(400, to: database) {}
            #expect(try Self.size(folder) > 2 * Self.bound)
            try reader.close()
            // The first folds the log in, the second begins it anew and cuts it.
            try await write(2, to: database) {}
            #expect(try Self.size(folder) <= 4 << 20)
            await database.close()
        }
    }

    /// So many commits, each of which writes some 25 pages.
    private func write(_ count: Int, to database: SQLiteDatabase, afterEach check: () throws -> Void) async throws {
        let store = SQLiteRoomStore(database)
        let room = try Sample.room()
        _ = try await store.append([Sample.created(room)])
        let owned = try #require(try await store.claim(room))
        for version in owned.snapshotVersion + 1...owned.snapshotVersion + UInt64(count) {
            let text = String(repeating: "\(version % 10)", count: 100_000)
            #expect(try await store.append([Sample.snapshot(room, version, term: owned.term, text)]) == .stored)
            try check()
        }
    }

    private static func size(_ folder: String) throws -> Int {
        try Data(contentsOf: URL(filePath: "\(folder)/parlor.sqlite-wal"), options: .mappedIfSafe).count
    }
}
