internal import FoundationEssentials
internal import GRDB

/// Rooms in the server's own file: a row for each, and its log since the last snapshot.
public struct SQLiteRoomStore: RoomStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    public func claim(_ room: RoomID) async throws(StoreError) -> StoredRoom? {
        try await database.perform { db in
            let raised = try db.cachedStatement(sql: "UPDATE rooms SET term = term + 1 WHERE room = ? RETURNING *")
            return try Row.fetchOne(raised, arguments: [room.rawValue]).map { row in try Self.storedRoom(row, db) }
        }
    }

    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<Set<RoomID>, StoreError>) -> Void
    ) {
        database.submit({ db in try Self.append(commits, db) }, completion: completion)
    }

    public func headers() async throws(StoreError) -> [RoomHeader] {
        try await database.perform { db in
            try Row.fetchAll(db, sql: "SELECT room, game, is_private, created_at FROM rooms").map(Self.header)
        }
    }

    // MARK: Reading

    private static func header(_ row: Row) throws -> RoomHeader {
        guard let id = RoomID(rawValue: try row.decode(String.self, forColumn: "room")) else {
            throw StoreError(.corrupt, "a room's id cannot be read")
        }
        return RoomHeader(
            id: id, gameType: try row.decode(forColumn: "game"), isPrivate: try row.decode(forColumn: "is_private"),
            createdAt: try row.decode(forColumn: "created_at"))
    }

    private static func storedRoom(_ row: Row, _ db: Database) throws -> StoredRoom {
        let header = try header(row)
        let snapshotVersion = UInt64(column: try row.decode(forColumn: "snapshot_version"))
        let log = try Row.fetchAll(
            try db.cachedStatement(sql: "SELECT version, input FROM inputs WHERE room = ? ORDER BY version"),
            arguments: [header.id.rawValue])
        let inputs = try log.enumerated().map { index, row in
            // A gap would replay into another state than the one that was told.
            guard UInt64(column: try row.decode(forColumn: "version")) == snapshotVersion &+ UInt64(index) &+ 1 else {
                throw StoreError(.corrupt, "an input is missing from a room's log")
            }
            return Array(try row.decode(Data.self, forColumn: "input"))
        }
        return StoredRoom(
            header: header, term: Term(column: try row.decode(forColumn: "term")),
            snapshot: Array(try row.decode(Data.self, forColumn: "snapshot")), snapshotVersion: snapshotVersion,
            inputs: inputs)
    }

    private static func position(of room: RoomID, _ db: Database) throws -> RoomPosition? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT term, ifnull((SELECT max(version) FROM inputs WHERE room = rooms.room), snapshot_version) AS version
                FROM rooms WHERE room = ?
                """)
        return try Row.fetchOne(statement, arguments: [room.rawValue]).map { row in
            RoomPosition(
                term: Term(column: try row.decode(forColumn: "term")),
                version: UInt64(column: try row.decode(forColumn: "version")))
        }
    }

    // MARK: Writing

    /// - Returns: the rooms of which nothing was stored because something did not fit.
    private static func append(_ commits: [RoomCommit], _ db: Database) throws -> Set<RoomID> {
        var refused: Set<RoomID> = []
        for (room, commits) in CommitRules.byRoom(commits) {
            let position = try position(of: room, db)
            do throws(CommitRules.Misfit) {
                // All are looked at before the first is written, so that nothing needs to be undone.
                _ = try CommitRules.position(after: commits, from: position)
            } catch {
                refused.insert(room)
                continue
            }
            for commit in commits { try write(commit, db) }
        }
        return refused
    }

    private static func write(_ commit: RoomCommit, _ db: Database) throws {
        let room = commit.room.rawValue
        switch commit.change {
        case .created(let header, let snapshot):
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO rooms (room, game, is_private, created_at, term, snapshot_version, snapshot)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """)
            try statement.execute(arguments: [
                room, header.gameType, header.isPrivate, header.createdAt, commit.term.column, commit.version.column,
                Data(snapshot),
            ])
        case .input(let input, nil):
            try db.cachedStatement(sql: "INSERT INTO inputs (room, version, input) VALUES (?, ?, ?)")
                .execute(arguments: [room, commit.version.column, Data(input)])
        case .input(_, let snapshot?), .snapshot(let snapshot):
            try db.cachedStatement(sql: "UPDATE rooms SET snapshot = ?, snapshot_version = ? WHERE room = ?")
                .execute(arguments: [Data(snapshot), commit.version.column, room])
            try deleteLog(of: room, db)
        case .removed:
            try deleteLog(of: room, db)
            try db.cachedStatement(sql: "DELETE FROM rooms WHERE room = ?").execute(arguments: [room])
        }
    }

    private static func deleteLog(of room: String, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM inputs WHERE room = ?").execute(arguments: [room])
    }
}
