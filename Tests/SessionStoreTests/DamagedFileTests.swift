import Foundation
import GRDB
import Testing

@testable import SessionStore

/// What a store makes of files that somebody or something has damaged while no server was running.
///
/// SQLite keeps no sums over what is in the file: a byte that changed inside a room's own bytes goes unseen here.
@Suite struct DamagedFileTests {
    private static let rooms = (0..<20).compactMap { RoomID(rawValue: "room-number-\($0)") }

    // MARK: The file

    @Test func `whichever page is damaged, opening or the check finds it`() async throws {
        try await withFolder { folder in
            try await Self.fill(folder)
            let file = "\(folder)/parlor.sqlite"
            let good = try Data(contentsOf: URL(filePath: file))
            #expect(good.count > 20 * 4096)
            for start in stride(from: 0, to: good.count, by: 4096) {
                // The page's head, behind the file's own in the first.
                let place = start + (start == 0 ? 100 : 0)
                var bad = good
                for index in place..<place + 64 { bad[index] = ~bad[index] }
                try bad.write(to: URL(filePath: file))
                let error = await #expect(throws: StoreError.self, "page \(start / 4096 + 1)") {
                    let database = try SQLiteDatabase(folder: folder)
                    do { try await database.checkIntegrity() } catch {
                        await database.close()
                        throw error
                    }
                    await database.close()
                }
                #expect(error?.code == .corrupt, "page \(start / 4096 + 1)")
                #expect(error?.description.contains("\n") == false)
                #expect(try Data(contentsOf: URL(filePath: file)) == bad)
            }
        }
    }

    @Test func `an index that does not fit its table is found by the check`() async throws {
        try await withDatabase { database in
            let store = SQLiteRoomStore(database)
            #expect(try await store.append([Sample.created(Self.rooms[0])]) == .stored)
            try await database.checkIntegrity()
            // The sessions' index is now that of the rooms, which has one row more than there are sessions.
            try await database.perform { db in
                try db.execute(
                    sql: """
                        PRAGMA writable_schema = ON;
                        UPDATE sqlite_schema SET rootpage =
                            (SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_rooms_1')
                        WHERE name = 'sessions_by_expiry';
                        """)
            }
            let error = await #expect(throws: StoreError.self) { try await database.checkIntegrity() }
            #expect(error?.code == .corrupt)
        }
    }

    @Test(arguments: [false, true])
    func `a file that was being made or restored when the power went is put right first`(_ isNewer: Bool) async throws {
        try await withFolder { folder in
            try await Self.interruptMaking(folder, isNewer: isNewer)
            if isNewer {
                let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
                #expect(error?.code == .newerSchema)
            } else {
                let database = try SQLiteDatabase(folder: folder)
                #expect(try await database.perform { try Int.fetchOne($0, sql: "SELECT sum(value) FROM mine") } == 1000)
                try await database.checkIntegrity()
                await database.close()
            }
        }
    }

    @Test func `a file lost without its log is not taken for a new one`() async throws {
        try await withFolder { folder in
            try await Self.crash(folder)
            let file = "\(folder)/parlor.sqlite"
            let log = try Data(contentsOf: URL(filePath: "\(file)-wal"))
            for isThere in [true, false] {
                if isThere {
                    try Data().write(to: URL(filePath: file))
                } else {
                    try FileManager.default.removeItem(atPath: file)
                }
                let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
                #expect(error?.code == .corrupt)
                #expect(try Data(contentsOf: URL(filePath: "\(file)-wal")) == log)
            }
        }
    }

    @Test func `an empty file without a log is a new one`() async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: "\(folder)/parlor.sqlite"))
            let database = try SQLiteDatabase(folder: folder)
            #expect(!database.endedUncleanly)
            #expect(try await SQLiteRoomStore(database).append([Sample.created(Self.rooms[0])]) == .stored)
            await database.close()
        }
    }

    @Test func `a file that is held when the server starts is unavailable until it is let go`() async throws {
        try await withFolder { folder in
            try await Self.fill(folder)
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: "\(folder)/parlor.sqlite", configuration: configuration)
            try await other.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM sessions")
            }
            let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder, patience: .zero) }
            #expect(error?.code == .unavailable)
            try other.close()
            #expect(try await Self.stored(in: folder) == Self.rooms.count)
        }
    }

    // MARK: The log

    /// A log that ends early looks like one whose end never reached the disk: it cannot be told from it, and what is left
    /// must be what was stored at some time.
    @Test(arguments: [0, 1, 31, 32, 40, 5000, 9999, 20_000, 40_001])
    func `a log that was cut short gives what it has, in order`(_ length: Int) async throws {
        try await withFolder { folder in
            try await Self.crash(folder)
            let log = "\(folder)/parlor.sqlite-wal"
            try (try Data(contentsOf: URL(filePath: log))).prefix(length).write(to: URL(filePath: log))
            let count = try await Self.stored(in: folder)
            #expect(count < Self.rooms.count)
        }
    }

    @Test func `a log of garbage is not read`() async throws {
        try await withFolder { folder in
            try await Self.crash(folder)
            try Data(repeating: 0x5a, count: 50_000).write(to: URL(filePath: "\(folder)/parlor.sqlite-wal"))
            #expect(try await Self.stored(in: folder) == 0)
        }
    }

    @Test(arguments: [nil, Data(), Data(repeating: 0x5a, count: 32_768)])
    func `the log's index is made anew`(_ index: Data?) async throws {
        try await withFolder { folder in
            try await Self.crash(folder)
            let path = "\(folder)/parlor.sqlite-shm"
            try FileManager.default.removeItem(atPath: path)
            try index?.write(to: URL(filePath: path))
            #expect(try await Self.stored(in: folder) == Self.rooms.count)
        }
    }

    // MARK: Tools

    /// A folder with all rooms, each by a transaction of its own, from a server that ended well.
    private static func fill(_ folder: String) async throws {
        let database = try SQLiteDatabase(folder: folder)
        try await append(to: database)
        await database.close()
    }

    /// The same, from a server that was killed: everything is in the log, and the file is empty but for its head.
    private static func crash(_ folder: String) async throws {
        let running = "\(folder)-running"
        let database = try SQLiteDatabase(folder: running)
        try await append(to: database)
        try FileManager.default.copyItem(atPath: running, toPath: folder)
        await database.close()
        try FileManager.default.removeItem(atPath: running)
    }

    /// A file without a write-ahead log in the midst of a change, and the journal that undoes it.
    private static func interruptMaking(_ folder: String, isNewer: Bool) async throws {
        let running = "\(folder)-running"
        try FileManager.default.createDirectory(atPath: running, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let making = try DatabaseQueue(path: "\(running)/parlor.sqlite", configuration: configuration)
        try await making.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    CREATE TABLE mine (value INTEGER, filler TEXT);
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                    INSERT INTO mine SELECT 1, hex(zeroblob(500)) FROM n;
                    """)
            if isNewer { try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: from later')") }
            // More than fits in so small a cache: the file is written before the commit.
            try db.execute(sql: "PRAGMA cache_size = 5; BEGIN; UPDATE mine SET value = 2")
        }
        try FileManager.default.copyItem(atPath: running, toPath: folder)
        #expect(try Data(contentsOf: URL(filePath: "\(folder)/parlor.sqlite-journal")).count > 4096)
        try making.close()
        try FileManager.default.removeItem(atPath: running)
    }

    private static func append(to database: SQLiteDatabase) async throws {
        for room in rooms {
            let snapshot = String(repeating: room.rawValue, count: 600)
            let commits = [Sample.created(room, snapshot: snapshot), Sample.input(room, 1)]
            #expect(try await SQLiteRoomStore(database).append(commits) == .stored)
        }
    }

    /// How many rooms are there: the first ones, whole, and none after the first that is missing.
    private static func stored(in folder: String) async throws -> Int {
        let database = try SQLiteDatabase(folder: folder)
        try await database.checkIntegrity()
        var count = 0
        for (index, room) in rooms.enumerated() {
            guard let stored = try await SQLiteRoomStore(database).claim(room) else { continue }
            #expect(index == count)
            #expect(stored.snapshot == Array(String(repeating: room.rawValue, count: 600).utf8))
            #expect(stored.inputs == [Array("input 1".utf8)])
            count += 1
        }
        await database.close()
        return count
    }
}
