internal import GRDB

/// The tables, and how files of earlier versions become this one's.
///
/// A room's version is that of its last input, or else of its snapshot. A column for it would have every input write the
/// room's row again, and the snapshot in it. An archive's pieces are under the version that the last input in them led to;
/// `bytes` is their sum. `is_private` is a ``RoomVisibility``, of which older versions knew two. The tables of what is owed
/// are used beside Redis alone; their `number` rises with every write.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: sessions, rooms and inputs") { db in
            try db.execute(
                sql: """
                    CREATE TABLE sessions (
                        client TEXT PRIMARY KEY,
                        revision INTEGER NOT NULL,
                        expires_at INTEGER NOT NULL,
                        session BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX sessions_by_expiry ON sessions (expires_at);

                    CREATE TABLE rooms (
                        room TEXT PRIMARY KEY,
                        game TEXT NOT NULL,
                        is_private INTEGER NOT NULL,
                        created_at INTEGER NOT NULL,
                        term INTEGER NOT NULL,
                        snapshot_version INTEGER NOT NULL,
                        snapshot BLOB NOT NULL
                    ) STRICT;

                    CREATE TABLE inputs (
                        room TEXT NOT NULL,
                        version INTEGER NOT NULL,
                        input BLOB NOT NULL,
                        PRIMARY KEY (room, version)
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2: epochs beside the states, archives") { db in
            // Version 1 kept the epoch in the state.
            try db.execute(
                sql: """
                    ALTER TABLE rooms ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
                    UPDATE rooms SET epoch = json_extract(CAST(snapshot AS TEXT), '$.epoch')
                    WHERE json_valid(CAST(snapshot AS TEXT)) AND json_extract(CAST(snapshot AS TEXT), '$.epoch') > 1;

                    CREATE TABLE archives (
                        room TEXT PRIMARY KEY,
                        game TEXT NOT NULL,
                        is_private INTEGER NOT NULL,
                        created_at INTEGER NOT NULL,
                        start BLOB NOT NULL,
                        bytes INTEGER NOT NULL,
                        kept_until INTEGER
                    ) STRICT;
                    CREATE INDEX archives_by_end ON archives (kept_until) WHERE kept_until IS NOT NULL;

                    CREATE TABLE archived_inputs (
                        room TEXT NOT NULL,
                        version INTEGER NOT NULL,
                        inputs BLOB NOT NULL,
                        PRIMARY KEY (room, version)
                    ) STRICT;
                    """)
        }
        migrator.registerMigration("3: what is owed to Redis") { db in
            // A row that is settled is owed no longer, but remembered: what it undid may come late. Of a session, what is
            // stored up to `removal` goes first.
            try db.execute(
                sql: """
                    CREATE TABLE owed_sessions (
                        client TEXT PRIMARY KEY,
                        number INTEGER NOT NULL,
                        revision INTEGER NOT NULL,
                        removal INTEGER,
                        expires_at INTEGER,
                        session BLOB,
                        settled_at INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX owed_sessions_by_number ON owed_sessions (number) WHERE settled_at IS NULL;

                    CREATE TABLE owed_removals (
                        room TEXT PRIMARY KEY,
                        number INTEGER NOT NULL,
                        term INTEGER NOT NULL,
                        archived_until INTEGER,
                        settled_at INTEGER
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX owed_removals_by_number ON owed_removals (number) WHERE settled_at IS NULL;
                    """)
        }
        return migrator
    }

    /// Looks into the file without being able to change it.
    /// - Throws: `newerSchema` when a newer version of the server has written it.
    static func refuseNewer(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        do {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? database.close() }
            try database.read(refuseNewer)
        } catch DatabaseError.SQLITE_READONLY_ROLLBACK {
            // The power went while the file was made or got its log. What was begun must be undone before anything can be
            // read, and only a connection that may write can do that: it looks again.
        }
    }

    static func refuseNewer(_ db: Database) throws {
        guard try !migrator.hasBeenSuperseded(db) else {
            throw StoreError(.newerSchema, "a newer version of the server wrote it")
        }
    }
}
