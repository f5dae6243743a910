import Foundation
import SessionStore
import Testing

@Suite struct SQLiteDatabaseTests {
    @Test func `everything is there again after closing and opening`() async throws {
        try await withFolder { folder in
            let room = try Sample.room()
            var session = Session(client: ClientKey(rawValue: "a"), expiresAt: 10)
            session.rooms = [room]
            let first = try SQLiteDatabase(folder: folder)
            _ = try await SQLiteRoomStore(first).append([Sample.created(room), Sample.input(room, 1)])
            try await SQLiteSessionStore(first).save(session)
            await first.close()

            let second = try SQLiteDatabase(folder: folder)
            #expect(try await SQLiteRoomStore(second).claim(room)?.inputs == [Array("input 1".utf8)])
            #expect(try await SQLiteSessionStore(second).load(session.client, now: 0) == session)
            await second.close()
        }
    }

    @Test func `a second server is kept out of the folder`() async throws {
        try await withFolder { folder in
            let first = try SQLiteDatabase(folder: folder)
            #expect { try SQLiteDatabase(folder: folder) } throws: { error in
                (error as? StoreError)?.description.contains("another server") == true
            }
            await first.close()
            await (try SQLiteDatabase(folder: folder)).close()
        }
    }

    @Test func `a file that is no database is named and left alone`() async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let file = "\(folder)/parlor.sqlite"
            let garbage = Data(repeating: 0x5a, count: 9000)
            try garbage.write(to: URL(filePath: file))
            #expect { try SQLiteDatabase(folder: folder) } throws: { ($0 as? StoreError)?.code == .corrupt }
            #expect(try Data(contentsOf: URL(filePath: file)) == garbage)
        }
    }

    @Test func `a folder that cannot be made is named`() async throws {
        #expect { try SQLiteDatabase(folder: "/proc/nothing/here") } throws: { error in
            (error as? StoreError)?.code == .unavailable
                && (error as? StoreError)?.description.contains("/proc/nothing/here") == true
        }
    }

    @Test func `nobody else may read the folder and its files`() async throws {
        try await withDatabaseFolder { folder, database in
            _ = try await SQLiteRoomStore(database).append([Sample.created(try Sample.room())])
            func rights(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            #expect(try rights(folder) == 0o700)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.contains("parlor.sqlite-wal"))
            for file in files { #expect(try rights("\(folder)/\(file)") == 0o600, "\(file)") }
        }
    }

    @Test func `jobs that wait for the disk share a transaction`() async throws {
        try await withDatabase { database in
            let store = SQLiteSessionStore(database)
            let before = database.transactionCount
            try await withThrowingTaskGroup { group in
                for index in 0..<500 {
                    let session = Session(client: ClientKey(rawValue: "client \(index)"), expiresAt: 10)
                    group.addTask { try await store.save(session) }
                }
                try await group.waitForAll()
            }
            #expect(database.transactionCount - before < 250)
        }
    }

    @Test func `a closed store says so`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            await database.close()
            await #expect { try await SQLiteRoomStore(database).headers() } throws: { error in
                (error as? StoreError)?.code == .closed
            }
        }
    }

    private func withDatabaseFolder(_ body: (String, SQLiteDatabase) async throws -> Void) async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            try await body(folder, database)
            await database.close()
        }
    }
}
