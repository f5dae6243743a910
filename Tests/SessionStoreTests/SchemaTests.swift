import GRDB
import Testing

@testable import SessionStore

@Suite struct SchemaTests {
    @Test func `a file of version 1 is brought up to date, its rooms with their epochs and inputs`() async throws {
        try await withFolder { folder in
            try OldFile.make(in: folder)
            let database = try SQLiteDatabase(folder: folder)
            let store = SQLiteRoomStore(database)
            for (number, epoch) in [(1, 1), (2, 7), (3, 1)] as [(Int, Epoch)] {
                let room = try Sample.room("room-000\(number)")
                let stored = try #require(try await store.claim(room))
                #expect(stored.epoch == epoch)
                #expect(stored.term == 5 && stored.snapshotVersion == 64)
                #expect(stored.inputs == ["input 65", "input 66"].map { Array($0.utf8) })
                #expect(stored.header.isPrivate == (number == 2) && stored.header.createdAt == 1_700_000_000_000)
                // It was not archived from its beginning, so nothing of it is.
                #expect(try await store.archive(of: room) == nil)
                #expect(try await store.append([Sample.input(room, 67, term: 5)]) == .stored)
            }
            let session = try await SQLiteSessionStore(database).load(ClientKey(rawValue: "a"), now: 0)
            #expect(session == OldFile.session)
            await database.close()
        }
    }

    @Test func `a file of version 2 is brought up to date, and owes nothing`() async throws {
        try await withFolder { folder in
            try OldFile.make(in: folder, upTo: "2: epochs beside the states, archives")
            let database = try SQLiteDatabase(folder: folder)
            let stored = try #require(try await SQLiteRoomStore(database).claim(try Sample.room("room-0002")))
            #expect(stored.inputs == ["input 65", "input 66"].map { Array($0.utf8) })
            let session = try await SQLiteSessionStore(database).load(ClientKey(rawValue: "a"), now: 0)
            #expect(session == OldFile.session)
            for table in ["owed_sessions", "owed_removals"] {
                let count = try await database.perform { db in
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)")
                }
                #expect(count == 0)
            }
            await database.close()
        }
    }
}
