internal import FoundationEssentials
internal import GRDB

/// The archives of rooms: the state each began with, and pieces of compressed inputs.
enum SQLiteArchive {
    /// A room that is not archived has no row here, and all below does nothing for it.
    static func begin(_ header: RoomHeader, start: [UInt8], _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO archives (room, game, is_private, created_at, start, bytes)
                VALUES (?, ?, ?, ?, ?, 0)
                """)
        try statement.execute(arguments: [
            header.id.rawValue, header.gameType, header.visibility.rawValue, header.createdAt,
            Data(Deflate.compress(start)),
        ])
    }

    static func restart(_ room: String, from start: [UInt8], _ db: Database) throws {
        try deleteInputs(of: room, db)
        try db.cachedStatement(sql: "UPDATE archives SET start = ?, bytes = 0 WHERE room = ?")
            .execute(arguments: [Data(Deflate.compress(start)), room])
    }

    /// - Parameter version: the one that the last input led to.
    static func add(_ inputs: [[UInt8]], to room: String, at version: UInt64, _ db: Database) throws {
        let bytes = try db.cachedStatement(sql: "SELECT bytes FROM archives WHERE room = ?")
        guard !inputs.isEmpty, let before = try Int.fetchOne(bytes, arguments: [room]),
            before < ArchivedInputs.mostBytes
        else { return }
        let piece = ArchivedInputs.compress(inputs)
        try db.cachedStatement(sql: "INSERT INTO archived_inputs (room, version, inputs) VALUES (?, ?, ?)")
            .execute(arguments: [room, version.column, Data(piece)])
        try db.cachedStatement(sql: "UPDATE archives SET bytes = ? WHERE room = ?")
            .execute(arguments: [before + piece.count, room])
    }

    /// - Parameter keptUntil: nil: it is forgotten at once.
    static func end(_ room: String, keptUntil: Int64?, _ db: Database) throws {
        guard let keptUntil else {
            try deleteInputs(of: room, db)
            return try db.cachedStatement(sql: "DELETE FROM archives WHERE room = ?").execute(arguments: [room])
        }
        try db.cachedStatement(sql: "UPDATE archives SET kept_until = ? WHERE room = ?")
            .execute(arguments: [keptUntil, room])
    }

    static func removeExpired(now: Int64, _ db: Database) throws -> Int {
        try db.execute(
            sql: "DELETE FROM archived_inputs WHERE room IN (SELECT room FROM archives WHERE kept_until <= ?)",
            arguments: [now])
        try db.execute(sql: "DELETE FROM archives WHERE kept_until <= ?", arguments: [now])
        return db.changesCount
    }

    static func read(_ room: RoomID, _ db: Database) throws -> RoomArchive? {
        let whole = try db.cachedStatement(sql: "SELECT * FROM archives WHERE room = ?")
        guard let row = try Row.fetchOne(whole, arguments: [room.rawValue]) else { return nil }
        let pieces = try db.cachedStatement(sql: "SELECT inputs FROM archived_inputs WHERE room = ? ORDER BY version")
        let archived = try Row.fetchAll(pieces, arguments: [room.rawValue]).flatMap { row in
            try ArchivedInputs.decompress(try row.bytes("inputs"))
        }
        // What came after a full archive does not follow on it.
        let isFull = try row.decode(Int.self, forColumn: "bytes") >= ArchivedInputs.mostBytes
        let log = isFull ? [] : try SQLiteRoomStore.log(of: room.rawValue, db).map(\.input)
        return RoomArchive(
            header: try RoomHeader(row),
            start: try Deflate.decompress(try row.bytes("start"), limit: ArchivedInputs.mostBytesOfPiece),
            inputs: archived + log)
    }

    private static func deleteInputs(of room: String, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM archived_inputs WHERE room = ?").execute(arguments: [room])
    }
}
