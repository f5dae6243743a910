internal import FoundationEssentials
internal import GRDB
internal import JSONCoding
internal import Synchronization

/// What SQLite has of a client that Redis is to have.
struct OwedSession: Equatable, Sendable {
    let client: ClientKey
    /// Another one than this, and the row was written again meanwhile.
    let number: Int64
    /// That of the session, or else of the removal.
    let revision: UInt64
    /// Up to which revision the session is to be removed, before another one is saved.
    let removal: UInt64?
    let session: Session?
    /// Paid; a removal is remembered for as long as what it removed may come late.
    let isSettled: Bool
}

/// The sessions and removals of sessions that are owed to Redis, in the server's own file: one row for each client.
final class OwedSessions: Sendable {
    private let database: SQLiteDatabase
    /// The order of the rows. Rises in the writer's transactions alone.
    private let number: Atomic<Int64>
    private let owed: Atomic<Int>

    /// Takes over what the server kept in the file when it had no Redis.
    init(_ database: SQLiteDatabase) async throws(StoreError) {
        self.database = database
        let (number, owed) = try await database.perform { db in
            try db.execute(
                sql: """
                    INSERT INTO owed_sessions (client, number, revision, expires_at, session)
                    SELECT client, row_number() OVER () + (SELECT ifnull(max(number), 0) FROM owed_sessions),
                        revision, expires_at, session
                    FROM sessions WHERE true
                    ON CONFLICT (client) DO UPDATE
                    SET number = excluded.number, revision = excluded.revision, removal = NULL,
                        expires_at = excluded.expires_at, session = excluded.session, settled_at = NULL
                    WHERE excluded.revision > owed_sessions.revision;
                    DELETE FROM sessions;
                    """)
            let number = try Int64.fetchOne(db, sql: "SELECT max(number) FROM owed_sessions") ?? 0
            let count = "SELECT count(*) FROM owed_sessions WHERE settled_at IS NULL"
            return (number, try Int.fetchOne(db, sql: count) ?? 0)
        }
        self.number = Atomic(number)
        self.owed = Atomic(owed)
    }

    /// How many are owed.
    var count: Int { owed.load(ordering: .relaxed) }

    // MARK: Owing

    /// Owes a session, unless a newer one is owed.
    func save(_ session: Session) async throws(StoreError) {
        try await write { [self] db in
            let row = try Self.row(of: session.client, db)
            if let newer = row?.session, newer.revision > session.revision { return 0 }
            try put(session.client, removal: row?.removal, session, db)
            return row?.isSettled == false ? 0 : 1
        }
    }

    /// Owes sessions that are known to have been stored, as far as nothing as new is owed or was removed.
    func saveKnown(_ sessions: [Session]) async throws(StoreError) {
        try await write { [self] db in
            var added = 0
            for session in sessions {
                let row = try Self.row(of: session.client, db)
                guard row.map({ $0.revision < session.revision }) ?? true else { continue }
                try put(session.client, removal: nil, session, db)
                if row?.isSettled != false { added += 1 }
            }
            return added
        }
    }

    /// Owes the removal of a session, unless a newer one is owed.
    func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) {
        try await write { [self] db in
            let row = try Self.row(of: client, db)
            if let newer = row?.session, newer.revision > revision { return 0 }
            try put(client, removal: max(row?.removal ?? 0, revision), nil, db)
            return row?.isSettled == false ? 0 : 1
        }
    }

    /// Owes the removal of what has expired by `now`: Redis may have an older one that lives longer.
    func removeExpired(now: Int64) async throws(StoreError) {
        try await database.perform { [self] db in
            let expired = try String.fetchAll(
                db, sql: "SELECT client FROM owed_sessions WHERE expires_at <= ?", arguments: [now])
            for client in expired {
                try db.execute(
                    sql: """
                        UPDATE owed_sessions SET removal = max(revision, ifnull(removal, 0)), session = NULL,
                            revision = max(revision, ifnull(removal, 0)), expires_at = NULL, number = ?
                        WHERE client = ?
                        """,
                    arguments: [number.add(1, ordering: .relaxed).newValue, client])
            }
        }
    }

    private func put(_ client: ClientKey, removal: UInt64?, _ session: Session?, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO owed_sessions (client, number, revision, removal, expires_at, session)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
        let text = try session.map { Data(try CanonicalJSON.encode($0)) }
        try statement.execute(arguments: [
            client.rawValue, number.add(1, ordering: .relaxed).newValue,
            (session?.revision ?? removal ?? 0).column, removal?.column, session?.expiresAt, text,
        ])
    }

    /// - Parameter work: returns by how many more are owed now.
    private func write(_ work: @escaping @Sendable (Database) throws -> Int) async throws(StoreError) {
        let added = try await database.perform(work)
        owed.add(added, ordering: .relaxed)
    }

    // MARK: Paying

    /// The number of the newest row.
    var newest: Int64 { number.load(ordering: .relaxed) }

    /// What is owed up to a number, oldest first.
    func page(upTo number: Int64, limit: Int) async throws(StoreError) -> [OwedSession] {
        try await database.perform { db in
            let page = try db.cachedStatement(
                sql: """
                    SELECT * FROM owed_sessions WHERE settled_at IS NULL AND number <= ? ORDER BY number LIMIT ?
                    """)
            return try Row.fetchAll(page, arguments: [number, limit]).map(OwedSession.init)
        }
    }

    /// Notes that rows were paid, but for those that were written again meanwhile.
    func settle(_ rows: [OwedSession], at now: Int64) async throws(StoreError) {
        try await write { db in
            let delete = try db.cachedStatement(
                sql: "DELETE FROM owed_sessions WHERE client = ? AND number = ? AND settled_at IS NULL")
            let settle = try db.cachedStatement(
                sql: """
                    UPDATE owed_sessions SET settled_at = ? WHERE client = ? AND number = ? AND settled_at IS NULL
                    """)
            var settled = 0
            for row in rows {
                if row.session == nil {
                    try settle.execute(arguments: [now, row.client.rawValue, row.number])
                } else {
                    try delete.execute(arguments: [row.client.rawValue, row.number])
                }
                settled += db.changesCount
            }
            return -settled
        }
    }

    // MARK: Remembering

    /// Remembers a removal that is not owed.
    func remember(_ client: ClientKey, revision: UInt64, at now: Int64) async throws(StoreError) {
        try await database.perform { [self] db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO owed_sessions (client, number, revision, removal, settled_at) VALUES (?1, ?2, ?3, ?3, ?4)
                    ON CONFLICT (client) DO UPDATE
                    SET number = excluded.number, revision = excluded.revision, removal = excluded.removal,
                        settled_at = excluded.settled_at
                    WHERE settled_at IS NOT NULL
                    """)
            try statement.execute(
                arguments: [client.rawValue, number.add(1, ordering: .relaxed).newValue, revision.column, now])
        }
    }

    /// Remembers a removal no longer: the client has come again since.
    func forget(_ client: ClientKey, upTo removal: UInt64) async throws(StoreError) {
        try await database.perform { db in
            let statement = try db.cachedStatement(
                sql: "DELETE FROM owed_sessions WHERE client = ? AND removal <= ? AND settled_at IS NOT NULL")
            try statement.execute(arguments: [client.rawValue, removal.column])
        }
    }

    func forget(_ rows: [OwedSession]) async throws(StoreError) {
        try await database.perform { db in
            for row in rows {
                try db.execute(
                    sql: "DELETE FROM owed_sessions WHERE client = ? AND number = ?",
                    arguments: [row.client.rawValue, row.number])
            }
        }
    }

    /// The removals that were settled by `time`.
    func settled(by time: Int64, limit: Int) async throws(StoreError) -> [OwedSession] {
        try await database.perform { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM owed_sessions WHERE settled_at <= ? LIMIT ?", arguments: [time, limit])
            return try rows.map(OwedSession.init)
        }
    }

    /// Up to which revision sessions were removed, of all removals that are owed or remembered.
    func removals() async throws(StoreError) -> [ClientKey: UInt64] {
        try await database.perform { db in
            let rows = try Row.fetchAll(db, sql: "SELECT client, removal FROM owed_sessions WHERE session IS NULL")
            return try rows.reduce(into: [:]) { removals, row in
                let client = ClientKey(rawValue: try row.decode(forColumn: "client"))
                removals[client] = UInt64(column: try row.decode(forColumn: "removal"))
            }
        }
    }

    // MARK: Reading

    func row(of client: ClientKey) async throws(StoreError) -> OwedSession? {
        try await database.perform { db in try Self.row(of: client, db) }
    }

    private static func row(of client: ClientKey, _ db: Database) throws -> OwedSession? {
        let statement = try db.cachedStatement(sql: "SELECT * FROM owed_sessions WHERE client = ?")
        return try Row.fetchOne(statement, arguments: [client.rawValue]).map(OwedSession.init)
    }
}

extension OwedSession {
    fileprivate init(_ row: Row) throws {
        client = ClientKey(rawValue: try row.decode(forColumn: "client"))
        number = try row.decode(forColumn: "number")
        revision = UInt64(column: try row.decode(forColumn: "revision"))
        removal = try row.decode(Int64?.self, forColumn: "removal").map(UInt64.init(column:))
        session = try row.decode(Data?.self, forColumn: "session").map {
            try JSONReader.decode(Session.self, from: $0)
        }
        isSettled = try row.decode(Int64?.self, forColumn: "settled_at") != nil
    }
}
