internal import FoundationEssentials
internal import GRDB
internal import JSONCoding

/// Sessions in the server's own file.
public struct SQLiteSessionStore: SessionStore {
    private let database: SQLiteDatabase

    public init(_ database: SQLiteDatabase) { self.database = database }

    public func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? {
        try await database.perform { db in
            let statement = try db.cachedStatement(
                sql: "SELECT session FROM sessions WHERE client = ? AND expires_at > ?")
            let text = try Data.fetchOne(statement, arguments: [client.rawValue, now])
            return try text.map { try JSONReader.decode(Session.self, from: $0) }
        }
    }

    public func save(_ session: Session) async throws(StoreError) {
        try await database.perform { db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO sessions (client, revision, expires_at, session) VALUES (?, ?, ?, ?)
                    ON CONFLICT (client) DO UPDATE
                    SET revision = excluded.revision, expires_at = excluded.expires_at, session = excluded.session
                    WHERE excluded.revision >= sessions.revision
                    """)
            let text = Data(try CanonicalJSON.encode(session))
            try statement.execute(
                arguments: [session.client.rawValue, session.revision.column, session.expiresAt, text])
        }
    }

    public func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) {
        try await database.perform { db in
            let statement = try db.cachedStatement(sql: "DELETE FROM sessions WHERE client = ? AND revision <= ?")
            try statement.execute(arguments: [client.rawValue, revision.column])
        }
    }

    public func removeExpired(now: Int64) async throws(StoreError) {
        try await database.perform { db in
            try db.execute(sql: "DELETE FROM sessions WHERE expires_at <= ?", arguments: [now])
        }
    }
}
