internal import FoundationEssentials
internal import GRDB

/// Rooms in the server's own file: a row for each, and its log since the last snapshot.
public struct SQLiteRoomStore: RoomStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    public func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        database.submit(
            { db in
                let raised = try db.cachedStatement(sql: "UPDATE rooms SET term = term + 1 WHERE room = ? RETURNING *")
                return try Row.fetchOne(raised, arguments: [room.rawValue]).map { row in try StoredRoom(row, db) }
            }, completion: completion)
    }

    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        database.submit({ db in try Self.append(commits, db) }, completion: completion)
    }

    public func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        try await database.perform { db in
            let page = try db.cachedStatement(
                sql: "SELECT room, game, is_private, created_at FROM rooms WHERE room > ? ORDER BY room LIMIT ?")
            return try Row.fetchAll(page, arguments: [room?.rawValue ?? "", limit]).map(RoomHeader.init)
        }
    }

    public func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? {
        try await database.perform { db in try SQLiteArchive.read(room, db) }
    }

    public func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int {
        try await database.perform { db in try SQLiteArchive.removeExpired(now: now, db) }
    }

    // MARK: Writing

    static func append(_ commits: [RoomCommit], _ db: Database) throws -> AppendReport {
        var report = AppendReport()
        for (room, commits) in CommitRules.byRoom(commits) {
            let position = try position(of: room, db)
            do throws(CommitRules.Misfit) {
                // All are looked at before the first is written, so that nothing needs to be undone.
                _ = try CommitRules.position(after: commits, from: position)
            } catch {
                CommitRules.report(room, error, in: &report)
                continue
            }
            for commit in commits { try write(commit, db) }
        }
        return report
    }

    private static func position(of room: RoomID, _ db: Database) throws -> StoredPosition? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT term, ifnull((SELECT max(version) FROM inputs WHERE room = rooms.room), snapshot_version) AS version
                FROM rooms WHERE room = ?
                """)
        return try Row.fetchOne(statement, arguments: [room.rawValue]).map { row in
            StoredPosition(
                term: Term(column: try row.decode(forColumn: "term")),
                version: UInt64(column: try row.decode(forColumn: "version")))
        }
    }

    /// - Parameter commit: one that fits.
    static func write(_ commit: RoomCommit, _ db: Database) throws {
        let room = commit.room.rawValue
        switch commit.change {
        case .created(let header, let snapshot, let isArchived), .rewritten(let header, let snapshot, let isArchived):
            try insert(header, snapshot, commit, db)
            // What is left of it, or of a room that is gone and had the same id.
            try deleteLog(of: room, db)
            try SQLiteArchive.end(room, keptUntil: nil, db)
            if isArchived { try SQLiteArchive.begin(header, start: snapshot, db) }
        case .confirmed: break
        case .input(let input, nil):
            try db.cachedStatement(sql: "INSERT INTO inputs (room, version, input) VALUES (?, ?, ?)")
                .execute(arguments: [room, commit.version.column, Data(input)])
        case .input(let input, let snapshot?):
            try trimLog(of: room, and: [input], at: commit.version, db)
            try setSnapshot(snapshot, commit, db)
        case .snapshot(let snapshot, let inputs):
            try trimLog(of: room, and: inputs, at: commit.version, db)
            try setSnapshot(snapshot, commit, db)
        case .migrated(let snapshot):
            try deleteLog(of: room, db)
            try SQLiteArchive.restart(room, from: snapshot, db)
            try setSnapshot(snapshot, commit, db)
        case .removed(let archivedUntil):
            try trimLog(of: room, and: [], at: commit.version, db)
            try SQLiteArchive.end(room, keptUntil: archivedUntil, db)
            try db.cachedStatement(sql: "DELETE FROM rooms WHERE room = ?").execute(arguments: [room])
        }
    }

    /// Forgets all there is of a room, its archive too: it is another store's.
    static func forget(_ room: RoomID, _ db: Database) throws {
        try deleteLog(of: room.rawValue, db)
        try SQLiteArchive.end(room.rawValue, keptUntil: nil, db)
        try db.cachedStatement(sql: "DELETE FROM rooms WHERE room = ?").execute(arguments: [room.rawValue])
    }

    private static func insert(
        _ header: RoomHeader, _ snapshot: [UInt8], _ commit: RoomCommit, _ db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO rooms
                (room, game, is_private, created_at, term, epoch, snapshot_version, snapshot)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            commit.room.rawValue, header.gameType, header.visibility.rawValue, header.createdAt, commit.term.column,
            commit.epoch.column, commit.version.column, Data(snapshot),
        ])
    }

    private static func setSnapshot(_ snapshot: [UInt8], _ commit: RoomCommit, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE rooms SET snapshot = ?, snapshot_version = ?, epoch = ? WHERE room = ?")
        try statement.execute(arguments: [
            Data(snapshot), commit.version.column, commit.epoch.column, commit.room.rawValue,
        ])
    }

    /// Moves the log, and what was never in it, to the archive.
    private static func trimLog(of room: String, and inputs: [[UInt8]], at version: UInt64, _ db: Database) throws {
        try SQLiteArchive.add(try log(of: room, db).map { $0.input } + inputs, to: room, at: version, db)
        try deleteLog(of: room, db)
    }

    private static func deleteLog(of room: String, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM inputs WHERE room = ?").execute(arguments: [room])
    }

    // MARK: Reading

    static func log(of room: String, _ db: Database) throws -> [(version: UInt64, input: [UInt8])] {
        let statement = try db.cachedStatement(sql: "SELECT version, input FROM inputs WHERE room = ? ORDER BY version")
        return try Row.fetchAll(statement, arguments: [room]).map { row in
            (UInt64(column: try row.decode(forColumn: "version")), try row.bytes("input"))
        }
    }
}

extension RoomID {
    init(_ row: Row) throws {
        guard let id = RoomID(rawValue: try row.decode(String.self, forColumn: "room")) else {
            throw StoreError(.corrupt, "a room's id cannot be read")
        }
        self = id
    }
}

extension RoomHeader {
    init(_ row: Row) throws {
        self.init(
            id: try RoomID(row), gameType: try row.decode(forColumn: "game"),
            visibility: RoomVisibility(stored: try row.decode(forColumn: "is_private")),
            createdAt: try row.decode(forColumn: "created_at"))
    }
}

extension StoredRoom {
    init(_ row: Row, _ db: Database) throws {
        let header = try RoomHeader(row)
        let snapshotVersion = UInt64(column: try row.decode(forColumn: "snapshot_version"))
        let log = try SQLiteRoomStore.log(of: header.id.rawValue, db)
        // A gap would replay into another state than the one that was told.
        guard log.enumerated().allSatisfy({ $1.version == snapshotVersion &+ UInt64($0) &+ 1 }) else {
            throw StoreError(.corrupt, "an input is missing from a room's log")
        }
        self.init(
            header: header, term: Term(column: try row.decode(forColumn: "term")),
            epoch: Epoch(column: try row.decode(forColumn: "epoch")), snapshot: try row.bytes("snapshot"),
            snapshotVersion: snapshotVersion, inputs: log.map(\.input))
    }
}

extension Row {
    func bytes(_ column: String) throws -> [UInt8] { Array(try decode(Data.self, forColumn: column)) }
}
