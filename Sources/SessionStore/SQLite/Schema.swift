internal import GRDB

/// The tables, and how files of earlier versions become this one's.
///
/// A room's version is that of its last input, or else of its snapshot. A column for it would have every input write the
/// room's row again, and the snapshot in it.
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
        return migrator
    }

    /// Looks into the file without being able to change it.
    /// - Throws: `newerSchema` when a newer version of the server has written it.
    static func refuseNewer(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let database = try DatabaseQueue(path: path, configuration: configuration)
        let isNewer = try database.read { db in try migrator.hasBeenSuperseded(db) }
        try database.close()
        guard !isNewer else { throw StoreError(.newerSchema, "a newer version of the server wrote it") }
    }
}
