internal import FoundationEssentials
internal import GRDB

/// Rooms in the server's own file: a row for each, and its log since the last snapshot.
public struct SQLiteRoomStore: RoomStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    public func claim(_ room: RoomID) async throws(StoreError) -> StoredRoom? {
        try await database.perform { db in try Self.claim(room, db) }
    }

    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<Set<RoomID>, StoreError>) -> Void
    ) {
        database.submit { db in
            try Set(
                RoomCommit.byRoom(commits).compactMap { room, commits in
                    try Self.append(commits, of: room, db) ? nil : room
                })
        } completion: {
            completion($0)
        }
    }

    public func headers() async throws(StoreError) -> [RoomHeader] {
        try await database.perform { db in
            try Row.fetchAll(db, sql: "SELECT room, game, is_private, created_at FROM rooms").compactMap(Self.header)
        }
    }

    // MARK: Statements

    private static func claim(_ room: RoomID, _ db: Database) throws -> StoredRoom? {
        let statement = try db.cachedStatement(
            sql: "UPDATE rooms SET term = term + 1 WHERE room = ? RETURNING *")
        guard let row = try Row.fetchOne(statement, arguments: [room.rawValue]), let header = header(row) else {
            return nil
        }
        let inputs = try Data.fetchAll(
            try db.cachedStatement(sql: "SELECT input FROM inputs WHERE room = ? ORDER BY version"),
            arguments: [room.rawValue])
        return StoredRoom(
            header: header, term: Term(row["term"] as Int64), snapshot: Array(row["snapshot"] as Data),
            snapshotVersion: UInt64(row["snapshot_version"] as Int64), inputs: inputs.map(Array.init))
    }

    /// Stores the commits of one room, or none of them.
    /// - Returns: false when one does not fit.
    private static func append(_ commits: [RoomCommit], of room: RoomID, _ db: Database) throws -> Bool {
        let stored = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT term, version FROM rooms WHERE room = ?"),
            arguments: [room.rawValue])
        var position = stored.map { row in
            RoomRecordPosition(term: Term(row["term"] as Int64), version: UInt64(row["version"] as Int64))
        }
        // All are looked at before the first is written, so that nothing needs to be undone.
        for commit in commits {
            guard let next = commit.position(after: position) else { return false }
            position = if case .removed = commit.change { nil } else { next }
        }
        for commit in commits { try write(commit, db) }
        if let position { try setVersion(of: room, position.version, db) }
        return true
    }

    private static func write(_ commit: RoomCommit, _ db: Database) throws {
        let room = commit.room.rawValue
        switch commit.change {
        case .created(let header, let snapshot):
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO rooms (room, game, is_private, created_at, term, version, snapshot_version, snapshot)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            try statement.execute(arguments: [
                room, header.gameType, header.isPrivate, header.createdAt, Int64(commit.term),
                Int64(commit.version), Int64(commit.version), Data(snapshot),
            ])
        case .input(let input, let snapshot):
            if let snapshot { return try writeSnapshot(snapshot, commit, db) }
            try db.cachedStatement(sql: "INSERT INTO inputs (room, version, input) VALUES (?, ?, ?)")
                .execute(arguments: [room, Int64(commit.version), Data(input)])
        case .snapshot(let snapshot): try writeSnapshot(snapshot, commit, db)
        case .removed:
            try db.cachedStatement(sql: "DELETE FROM inputs WHERE room = ?").execute(arguments: [room])
            try db.cachedStatement(sql: "DELETE FROM rooms WHERE room = ?").execute(arguments: [room])
        }
    }

    /// The state makes the log up to it superfluous.
    private static func writeSnapshot(_ snapshot: [UInt8], _ commit: RoomCommit, _ db: Database) throws {
        let room = commit.room.rawValue
        try db.cachedStatement(sql: "UPDATE rooms SET snapshot = ?, snapshot_version = ? WHERE room = ?")
            .execute(arguments: [Data(snapshot), Int64(commit.version), room])
        try db.cachedStatement(sql: "DELETE FROM inputs WHERE room = ?").execute(arguments: [room])
    }

    private static func setVersion(of room: RoomID, _ version: UInt64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE rooms SET version = ? WHERE room = ?")
            .execute(arguments: [Int64(version), room.rawValue])
    }

    private static func header(_ row: Row) -> RoomHeader? {
        RoomID(rawValue: row["room"]).map { id in
            RoomHeader(id: id, gameType: row["game"], isPrivate: row["is_private"], createdAt: row["created_at"])
        }
    }
}
