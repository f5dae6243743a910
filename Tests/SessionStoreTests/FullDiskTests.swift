import GRDB
import Testing

@testable import SessionStore

/// What happens to a running store when there is no room left, and when there is again.
@Suite struct FullDiskTests {
    #if canImport(Glibc)
        @Test(.enabled(if: SmallDisk.isAllowed, "this user may not mount a small disk"))
        func `a store on a full disk says so, and goes on when there is room`() async throws {
            try await SmallDisk.with("1m") { disk in
                try await expectToGoOn(in: disk.folder, fill: { _ in }, makeRoom: { _ in try disk.resize(to: "64m") })
            }
        }

        @Test(.enabled(if: SmallDisk.isAllowed, "this user may not mount a small disk"))
        func `a store does not start on a full disk, and starts when there is room`() async throws {
            try await SmallDisk.with("16k") { disk in
                let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: disk.folder) }
                #expect(error?.code == .unavailable)
                try disk.resize(to: "1m")
                let database = try SQLiteDatabase(folder: disk.folder)
                #expect(try await SQLiteRoomStore(database).append([Sample.created(try Sample.room())]) == .stored)
                await database.close()
            }
        }

        @Test(.enabled(if: SmallDisk.isAllowed, "this user may not mount a small disk"))
        func `a folder on a disk that may only be read is named, and left alone`() async throws {
            try await SmallDisk.with("1m") { disk in
                let room = try Sample.room()
                let database = try SQLiteDatabase(folder: disk.folder)
                #expect(try await SQLiteRoomStore(database).append([Self.big(room)]) == .stored)
                await database.close()
                try disk.setReadOnly(true)
                let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: disk.folder) }
                #expect(error?.code == .unavailable)
                #expect(error?.description.contains(disk.folder) == true)
                try disk.setReadOnly(false)
                try await Self.expect([room], in: disk.folder)
            }
        }
    #endif

    /// The same where nobody may mount: SQLite's own bound on the file in place of the disk's.
    @Test func `a store whose file may not grow says so, and goes on when it may`() async throws {
        try await withFolder { folder in
            try await expectToGoOn(
                in: folder,
                fill: { database in try await database.perform { try $0.execute(sql: "PRAGMA max_page_count = 100") } },
                makeRoom: { database in
                    try await database.perform { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
                })
        }
    }

    // MARK: Tools

    private func expectToGoOn(
        in folder: String, fill: (SQLiteDatabase) async throws -> Void, makeRoom: (SQLiteDatabase) async throws -> Void
    ) async throws {
        let database = try SQLiteDatabase(folder: folder)
        let store = SQLiteRoomStore(database)
        try await fill(database)
        var stored: [RoomID] = []
        var failure: StoreError?
        while failure == nil, stored.count < 1000 {
            let room = try Sample.room("room-number-\(stored.count)")
            do {
                #expect(try await store.append([Self.big(room)]) == .stored)
                stored.append(room)
            } catch {
                failure = error as? StoreError
            }
        }
        #expect(failure?.code == .unavailable)
        #expect(failure?.description.contains("full") == true)
        #expect(stored.count > 3)
        let refused = try Sample.room("room-number-\(stored.count)")
        let again = await #expect(throws: StoreError.self) { try await store.append([Self.big(refused)]) }
        #expect(again?.code == .unavailable)

        try await makeRoom(database)
        let late = try Sample.room("room-afterwards")
        #expect(try await store.append([Self.big(late)]) == .stored)
        #expect(try await store.claim(refused) == nil)
        try await database.checkIntegrity()
        await database.close()
        try await Self.expect(stored + [late], in: folder)
    }

    private static func big(_ room: RoomID) -> RoomCommit {
        Sample.created(room, snapshot: String(repeating: room.rawValue, count: 1000))
    }

    private static func expect(_ rooms: [RoomID], in folder: String) async throws {
        let database = try SQLiteDatabase(folder: folder)
        let store = SQLiteRoomStore(database)
        for room in rooms {
            let stored = try #require(try await store.claim(room), "\(room) was acknowledged")
            #expect(stored.snapshot == Array(String(repeating: room.rawValue, count: 1000).utf8))
        }
        await database.close()
    }
}
