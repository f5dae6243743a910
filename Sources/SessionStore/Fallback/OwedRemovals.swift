internal import GRDB
internal import Synchronization

/// A room that Redis is to forget.
struct OwedRemoval: Equatable, Sendable {
    let room: RoomID
    /// Another one than this, and the row was written again meanwhile.
    let number: Int64
    let archivedUntil: Int64?
}

/// The removals of rooms that are owed to Redis or remembered, in the server's own file. What takes a database is called
/// in one of the writer's transactions.
final class OwedRemovals: Sendable {
    private let database: SQLiteDatabase
    /// The order of the rows.
    private let number: Atomic<Int64>
    private let owed: Atomic<Int>

    init(_ database: SQLiteDatabase) async throws(StoreError) {
        self.database = database
        let (number, owed) = try await database.perform { db in
            let number = try Int64.fetchOne(db, sql: "SELECT max(number) FROM owed_removals") ?? 0
            let count = "SELECT count(*) FROM owed_removals WHERE settled_at IS NULL"
            return (number, try Int.fetchOne(db, sql: count) ?? 0)
        }
        self.number = Atomic(number)
        self.owed = Atomic(owed)
    }

    /// How many are owed. May be too high until the next ``settle(_:at:)``, never too low.
    var count: Int { owed.load(ordering: .relaxed) }

    // MARK: Owing

    /// Owes a removal.
    /// - Returns: its number.
    func owe(_ removal: RoomCommit, _ db: Database) throws -> Int64 {
        owed.add(1, ordering: .relaxed)
        return try put(removal, settledAt: nil, db)
    }

    /// Remembers a removal, which stays owed if it is.
    /// - Returns: its number.
    func remember(_ removal: RoomCommit, at now: Int64, _ db: Database) throws -> Int64 {
        try put(removal, settledAt: now, db)
    }

    func forget(_ room: RoomID, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM owed_removals WHERE room = ?").execute(arguments: [room.rawValue])
    }

    func forget(_ room: RoomID, number: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM owed_removals WHERE room = ? AND number = ?")
            .execute(arguments: [room.rawValue, number])
    }

    private func put(_ removal: RoomCommit, settledAt: Int64?, _ db: Database) throws -> Int64 {
        let number = number.add(1, ordering: .relaxed).newValue
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO owed_removals (room, number, term, archived_until, settled_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (room) DO UPDATE
                SET number = excluded.number, term = excluded.term, archived_until = excluded.archived_until,
                    settled_at = iif(settled_at IS NULL, NULL, excluded.settled_at)
                """)
        try statement.execute(arguments: [
            removal.room.rawValue, number, removal.term.column, removal.archivedUntil, settledAt,
        ])
        return number
    }

    // MARK: Paying

    /// The number of the newest row.
    var newest: Int64 { number.load(ordering: .relaxed) }

    /// What is owed, of the numbers after `after` and up to `last`, oldest first.
    func page(after: Int64, upTo last: Int64, limit: Int) async throws(StoreError) -> [OwedRemoval] {
        try await database.perform { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM owed_removals WHERE settled_at IS NULL AND number > ? AND number <= ?
                    ORDER BY number LIMIT ?
                    """,
                arguments: [after, last, limit])
            return try rows.map(OwedRemoval.init)
        }
    }

    /// Notes that removals were paid, but for those that were written again meanwhile; and counts what is left.
    func settle(_ rows: [OwedRemoval], at now: Int64) async throws(StoreError) {
        do throws(StoreError) {
            try await database.perform { [self] db in
                for row in rows {
                    try db.execute(
                        sql: "UPDATE owed_removals SET settled_at = ? WHERE room = ? AND number = ?",
                        arguments: [now, row.room.rawValue, row.number])
                }
                let rest = try Int.fetchOne(db, sql: "SELECT count(*) FROM owed_removals WHERE settled_at IS NULL") ?? 0
                owed.store(rest, ordering: .relaxed)
            }
        } catch {
            owed.add(1, ordering: .relaxed)
            throw error
        }
    }

    /// Those that were settled by `time`.
    func settled(by time: Int64, limit: Int) async throws(StoreError) -> [OwedRemoval] {
        try await database.perform { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM owed_removals WHERE settled_at <= ? ORDER BY number LIMIT ?",
                arguments: [time, limit])
            return try rows.map(OwedRemoval.init)
        }
    }

    func forget(_ rows: [OwedRemoval]) async throws(StoreError) {
        try await database.perform { [self] db in
            for row in rows { try forget(row.room, number: row.number, db) }
        }
    }

    // MARK: Starting

    /// What the last process left: the terms of the rooms in SQLite, and the numbers of the removals.
    func read() async throws(StoreError) -> RoomLedger {
        try await database.perform { db in
            var owed: [RoomID: Term] = [:]
            let rooms = try Row.fetchCursor(db, sql: "SELECT room, term FROM rooms")
            while let row = try rooms.next() {
                owed[try RoomID(row)] = Term(column: try row.decode(forColumn: "term"))
            }
            var graves: [RoomID: Int64] = [:]
            let removals = try Row.fetchCursor(db, sql: "SELECT room, number FROM owed_removals")
            while let row = try removals.next() { graves[try RoomID(row)] = try row.decode(forColumn: "number") }
            return RoomLedger(owed: owed, graves: graves)
        }
    }
}

extension OwedRemoval {
    fileprivate init(_ row: Row) throws {
        room = try RoomID(row)
        number = try row.decode(forColumn: "number")
        archivedUntil = try row.decode(forColumn: "archived_until")
    }
}
