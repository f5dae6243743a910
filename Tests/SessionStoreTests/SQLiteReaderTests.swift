import Foundation
import GRDB
import Testing

@testable import SessionStore

@Suite struct SQLiteReaderTests {
    @Test func `rooms are listed page by page, living ones and ended ones, while the server has the folder`()
        async throws
    {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            let store = SQLiteRoomStore(database)
            for number in 100..<110 {
                let room = try Sample.room("room-\(number)")
                let inputs = (1...UInt64(number - 98)).map { Sample.input(room, $0) }
                _ = try await store.append([Sample.created(room, isArchived: number != 105)] + inputs)
            }
            for number in [101, 103] {
                let room = try Sample.room("room-\(number)")
                _ = try await store.append([Sample.removed(room, UInt64(number - 98), archivedUntil: 77)])
            }
            let reader = SQLiteReader(folder: folder)
            var pages: [[RoomListing]] = [try reader.rooms(after: nil, limit: 3)]
            while let last = pages.last?.last { pages.append(try reader.rooms(after: last.header.id, limit: 3)) }
            #expect(pages.map(\.count) == [3, 3, 2, 0])
            let rooms = pages.flatMap(\.self)
            #expect(rooms.map(\.header.id.rawValue) == [100, 102, 104, 105, 106, 107, 108, 109].map { "room-\($0)" })
            #expect(rooms.map(\.version) == [2, 4, 6, 7, 8, 9, 10, 11])
            #expect(rooms.allSatisfy { $0.epoch == 1 && $0.keptUntil == nil })
            #expect(rooms.filter { $0.archiveBytes == nil }.map(\.header.id.rawValue) == ["room-105"])
            let ended = try reader.endedRooms(after: nil, limit: 10)
            #expect(ended.map(\.header.id.rawValue) == ["room-101", "room-103"])
            #expect(ended.map(\.version) == [3, 5] && ended.allSatisfy { $0.keptUntil == 77 && $0.epoch == nil })
            await database.close()
        }
    }

    @Test(arguments: [true, false])
    func `a recording has every input, the log's too, whether the server ended well or not`(_ isClosed: Bool)
        async throws
    {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            let room = try Sample.room()
            let commits =
                [Sample.created(room)] + (1...7).map { Sample.input(room, $0, snapshot: $0 == 4 ? "four" : nil) }
            _ = try await SQLiteRoomStore(database).append(commits)
            if isClosed { await database.close() }
            let recording = try #require(try SQLiteReader(folder: folder).recording(of: room))
            var inputs: [String] = []
            try recording.forEachInput { inputs.append(String(decoding: $0, as: UTF8.self)) }
            #expect(inputs == (1...7).map { "input \($0)" })
            #expect(recording.start == Array("new".utf8) && recording.newest == Array("four".utf8))
            #expect(!recording.isCutShort)
            #expect(try SQLiteReader(folder: folder).recording(of: Sample.room("room-none")) == nil)
            await database.close()
        }
    }

    @Test(arguments: ["resting", "after a crash"])
    func `reading leaves every byte as it was, and no file more`(_ state: String) async throws {
        try await withFolder { folder in
            let running = try SQLiteDatabase(folder: folder)
            _ = try await SQLiteRoomStore(running).append([Sample.created(try Sample.room())])
            var place = folder
            if state == "resting" {
                await running.close()
            } else {
                place = folder + "-crashed"
                try FileManager.default.copyItem(atPath: folder, toPath: place)
            }
            defer { if place != folder { try? FileManager.default.removeItem(atPath: place) } }
            // The index of the log is memory that processes share, and not part of what is stored.
            let before = try contents(of: place)
            #expect(try SQLiteReader(folder: place).rooms(after: nil, limit: 9).count == 1)
            #expect(try contents(of: place) == before)
            await running.close()
        }
    }

    @Test func `a folder without a database is said to have none, and stays as it is`() throws {
        let error = #expect(throws: StoreError.self) {
            try SQLiteReader(folder: "/nowhere").rooms(after: nil, limit: 1)
        }
        #expect(error?.description == "/nowhere/parlor.sqlite: there is no database")
    }

    @Test func `a file of another version is told apart, and read only for what any version has`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            try await database.perform { db in
                try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: from later')")
            }
            await database.close()
            let newer = #expect(throws: StoreError.self) {
                try SQLiteReader(folder: folder).rooms(after: nil, limit: 1)
            }
            #expect(newer?.code == .newerSchema)
        }
        try await withFolder { folder in
            try OldFile.make(in: folder)
            let older = #expect(throws: StoreError.self) {
                try SQLiteReader(folder: folder).rooms(after: nil, limit: 1)
            }
            #expect(older?.code == .olderSchema)
            #expect(older?.description.contains("brought up to date when this one serves it") == true)
        }
        try await withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let other = try DatabaseQueue(path: "\(folder)/parlor.sqlite")
            try await other.write { db in try db.execute(sql: "CREATE TABLE rooms (room TEXT)") }
            try other.close()
            let none = #expect(throws: StoreError.self) { try SQLiteReader(folder: folder).rooms(after: nil, limit: 1) }
            #expect(none?.code == .corrupt)
        }
    }

    private func contents(of folder: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasSuffix("-shm") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) })
    }
}
