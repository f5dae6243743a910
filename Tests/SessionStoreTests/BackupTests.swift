import Foundation
import GRDB
import Testing

@testable import SessionStore

@Suite struct BackupTests {
    @Test func `a backup beside a server that writes is of one moment, and whole`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            let store = SQLiteRoomStore(database)
            let rooms = try (0..<200).map { try Sample.room("room-\(1000 + $0)") }
            let states = String(repeating: "state ", count: 8000)
            _ = try await store.append(rooms.map { Sample.created($0, snapshot: states) })
            let writing = Task {
                for version in 1...UInt64.max {
                    // Each group is one transaction: in the copy all rooms have it or none.
                    _ = try await store.append(rooms.map { Sample.input($0, version) })
                    if Task.isCancelled { return version }
                }
                return 0
            }
            let file = folder + "/backup"
            var steps: [Double] = []
            let contents = try Backup.make(of: SQLiteReader(folder: folder), at: file, isReplacing: false) {
                steps.append($0)
            }
            writing.cancel()
            let written = try await writing.value
            #expect(contents.rooms == 200 && contents.sessions == 0)
            #expect(steps == steps.sorted() && steps.last == 1)
            let copy = try SQLiteReader(file: file).rooms(after: nil, limit: 1000)
            let versions = Set(copy.map(\.version))
            #expect(copy.count == 200 && versions.count == 1 && versions.allSatisfy { $0 <= written })
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            #expect(
                Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == [
                    "backup", "parlor.lock", "parlor.sqlite", "parlor.sqlite-shm", "parlor.sqlite-wal",
                ])
            await database.close()
        }
    }

    @Test func `what is written while a backup is made is not in it, and does not make it begin anew`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            let states = String(repeating: "state ", count: 8000)
            let rooms = try (0..<600).map { try Sample.room("room-\(1000 + $0)") }
            _ = try await SQLiteRoomStore(database).append(rooms.map { Sample.created($0, snapshot: states) })
            let other = try DatabaseQueue(path: "\(folder)/parlor.sqlite")
            var steps: [Double] = []
            let contents = try Backup.make(of: SQLiteReader(folder: folder), at: folder + "/backup", isReplacing: false)
            {
                steps.append($0)
                try? other.write { db in try db.execute(sql: "DELETE FROM rooms WHERE room < 'room-1300'") }
            }
            #expect(contents.rooms == 600)
            #expect(steps.count > 2 && steps == Set(steps).sorted())
            #expect(try SQLiteReader(folder: folder).rooms(after: nil, limit: 1000).count == 300)
            try other.close()
            await database.close()
        }
    }

    @Test func `a file that is there is replaced only when that is wanted`() async throws {
        try await withFolder { folder in
            try await fill(folder)
            let file = folder + "/backup"
            try Data("mine".utf8).write(to: URL(filePath: file))
            let error = #expect(throws: StoreError.self) {
                try Backup.make(of: SQLiteReader(folder: folder), at: file, isReplacing: false) { _ in }
            }
            #expect(error?.description == "\(file) is there already")
            #expect(try Data(contentsOf: URL(filePath: file)) == Data("mine".utf8))
            _ = try Backup.make(of: SQLiteReader(folder: folder), at: file, isReplacing: true) { _ in }
            #expect(try SQLiteReader(file: file).rooms(after: nil, limit: 9).count == 1)
        }
    }

    @Test func `a damaged database is not backed up over a good backup`() async throws {
        try await withFolder { folder in
            try await fill(folder, rooms: 300)
            let file = folder + "/backup"
            _ = try Backup.make(of: SQLiteReader(folder: folder), at: file, isReplacing: false) { _ in }
            let good = try Data(contentsOf: URL(filePath: file))
            var bad = try Data(contentsOf: URL(filePath: "\(folder)/parlor.sqlite"))
            bad.replaceSubrange(bad.count / 2..<bad.count / 2 + 9000, with: Data(repeating: 0x5a, count: 9000))
            try bad.write(to: URL(filePath: "\(folder)/parlor.sqlite"))
            #expect(throws: StoreError.self) {
                try Backup.make(of: SQLiteReader(folder: folder), at: file, isReplacing: true) { _ in }
            }
            #expect(try Data(contentsOf: URL(filePath: file)) == good)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("partial") } == [])
        }
    }

    // MARK: Restoring

    @Test func `what was backed up is there again, in a new epoch and under a new term`() async throws {
        try await withFolder { folder in
            let (backup, data) = try await backUp(folder)
            let report = try Restore.run(from: backup, into: data, isReplacing: false)
            #expect(report.contents.rooms == 1 && report.kept == nil && !report.wasMigrated)
            try await expectRoom(data, epoch: 2, term: 3, inputs: 1)
            #expect(try permissions(data) == 0o700 && permissions("\(data)/parlor.sqlite") == 0o600)
        }
    }

    @Test func `a database that is there stays unless it may be replaced, and is kept then`() async throws {
        try await withFolder { folder in
            let (backup, data) = try await backUp(folder)
            try await fill(data, inputs: 5)
            let error = #expect(throws: StoreError.self) {
                try Restore.run(from: backup, into: data, isReplacing: false)
            }
            #expect(error?.description == "\(data)/parlor.sqlite is there already")
            try await expectRoom(data, epoch: 1, term: 2, inputs: 5)
            let report = try Restore.run(
                from: backup, into: data, isReplacing: true, now: Date(timeIntervalSince1970: 1_700_000_000))
            #expect(report.kept == "\(data)/parlor.sqlite.replaced-20231114-221320" && report.isAheadOfReplaced)
            #expect(try SQLiteReader(file: report.kept ?? "").rooms(after: nil, limit: 9).map(\.version) == [5])
            try await expectRoom(data, epoch: 2, term: 3, inputs: 1)
        }
    }

    @Test func `restoring the same backup again leads to an epoch of its own`() async throws {
        try await withFolder { folder in
            let (backup, data) = try await backUp(folder)
            for (day, epoch) in zip(0..., [2, 3, 4] as [Epoch]) {
                let now = Date(timeIntervalSince1970: 1_700_000_000 + TimeInterval(day) * 86_400)
                _ = try Restore.run(from: backup, into: data, isReplacing: true, now: now)
                #expect(try SQLiteReader(folder: data).rooms(after: nil, limit: 9).map(\.epoch) == [epoch])
            }
        }
    }

    @Test func `a folder that a server uses is left alone`() async throws {
        try await withFolder { folder in
            let (backup, data) = try await backUp(folder)
            let database = try SQLiteDatabase(folder: data)
            let error = #expect(throws: StoreError.self) {
                try Restore.run(from: backup, into: data, isReplacing: true)
            }
            #expect(error?.description.contains("another server is using it") == true)
            await database.close()
        }
    }

    @Test(arguments: ["garbage", "nothing", "no database", "newer"])
    func `what is no backup is refused before anything is touched`(_ fault: String) async throws {
        try await withFolder { folder in
            let (backup, data) = try await backUp(folder)
            let url = URL(filePath: backup)
            switch fault {
            case "garbage": try Data(repeating: 0x5a, count: 9000).write(to: url)
            case "nothing": try Data().write(to: url)
            case "no database": try FileManager.default.removeItem(at: url)
            default:
                let file = try DatabaseQueue(path: backup)
                try await file.write { db in
                    try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: from later')")
                }
                try file.close()
            }
            #expect(throws: StoreError.self) { try Restore.run(from: backup, into: data, isReplacing: true) }
            #expect(!FileManager.default.fileExists(atPath: data))
        }
    }

    @Test func `a backup of version 1 is brought up to date`() async throws {
        try await withFolder { folder in
            try OldFile.make(in: folder)
            let backup = folder + "/backup"
            _ = try Backup.make(of: SQLiteReader(folder: folder), at: backup, isReplacing: false) { _ in }
            let data = folder + "/restored"
            let report = try Restore.run(from: backup, into: data, isReplacing: false)
            #expect(report.wasMigrated && report.contents.rooms == 3 && report.contents.sessions == 1)
            let rooms = try SQLiteReader(folder: data).rooms(after: nil, limit: 9)
            #expect(rooms.map(\.epoch) == [2, 8, 2] && rooms.map(\.version) == [66, 66, 66])
        }
    }

    /// The old database was left by a crash: half of it is in the log beside it.
    @Test(arguments: Restore.Moment.allCases)
    func `a crash at any moment leaves the old database or the new one`(_ moment: Restore.Moment) async throws {
        try await withFolder { folder in
            let (backup, data) = try await backUp(folder)
            try await crash(data, inputs: 5)
            #expect(throws: StoreError.self) {
                try Restore.run(from: backup, into: data, isReplacing: true, now: .now, progress: { _ in }) {
                    at throws(StoreError) in if at == moment { throw StoreError(.unavailable, "crashed") }
                }
            }
            let isNew = moment == .moved
            try await expectRoom(data, epoch: isNew ? 2 : 1, term: isNew ? 3 : 2, inputs: isNew ? 1 : 5)
        }
    }

    @Test func `a database that is too damaged to be read is kept with its log and replaced`() async throws {
        try await withFolder { folder in
            let (backup, data) = try await backUp(folder)
            try await crash(data, inputs: 5)
            let (file, log) = ("\(data)/parlor.sqlite", "\(data)/parlor.sqlite-wal")
            let bad = Data(repeating: 0x5a, count: 9000)
            try bad.write(to: URL(filePath: file))
            try bad.write(to: URL(filePath: log))
            let report = try Restore.run(from: backup, into: data, isReplacing: true)
            #expect(!report.isAheadOfReplaced)
            #expect(try Data(contentsOf: URL(filePath: report.kept ?? "")) == bad)
            try await expectRoom(data, epoch: 2, term: 3, inputs: 1)
        }
    }

    // MARK: Tools

    private func fill(_ folder: String, rooms: Int = 1, inputs: UInt64 = 1) async throws {
        let database = try SQLiteDatabase(folder: folder)
        for number in 0..<rooms {
            let room = try number == 0 ? Sample.room() : Sample.room("room-\(2000 + number)")
            let commits = [Sample.created(room)] + (1...inputs).map { Sample.input(room, $0) }
            _ = try await SQLiteRoomStore(database).append(commits)
        }
        await database.close()
    }

    /// What a server leaves that is killed.
    private func crash(_ folder: String, inputs: UInt64) async throws {
        let running = folder + "-running"
        let database = try SQLiteDatabase(folder: running)
        let room = try Sample.room()
        _ = try await SQLiteRoomStore(database).append(
            [Sample.created(room)] + (1...inputs).map { Sample.input(room, $0) })
        try FileManager.default.copyItem(atPath: running, toPath: folder)
        await database.close()
        try FileManager.default.removeItem(atPath: running)
    }

    /// A backup of one room with one input, and a folder that is not there.
    private func backUp(_ folder: String) async throws -> (backup: String, data: String) {
        try await fill(folder)
        let backup = folder + "/backup"
        _ = try Backup.make(of: SQLiteReader(folder: folder), at: backup, isReplacing: false) { _ in }
        return (backup, folder + "/restored")
    }

    private func expectRoom(_ folder: String, epoch: Epoch, term: Term, inputs: Int) async throws {
        let database = try SQLiteDatabase(folder: folder)
        let stored = try #require(try await SQLiteRoomStore(database).claim(try Sample.room()))
        #expect(stored.epoch == epoch && stored.term == term && stored.inputs.count == inputs)
        await database.close()
    }

    private func permissions(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
