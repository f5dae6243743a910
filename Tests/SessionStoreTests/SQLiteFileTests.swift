import Foundation
import GRDB
import Testing

@testable import SessionStore

@Suite struct SQLiteFileTests {
    // MARK: Keeping

    @Test func `everything is there again after closing and opening`() async throws {
        try await withFolder { folder in
            let session = try await fill(folder, closing: true)
            try await expectFilled(folder, session)
        }
    }

    @Test func `everything is there again after a crash`() async throws {
        try await withFolder { folder in
            let session = try await fill(folder, closing: false)
            #expect(try contents(of: "\(folder)/parlor.sqlite-wal").count > 0)
            try await expectFilled(folder, session)
        }
    }

    @Test func `closing finishes what was posted`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            let gate = await WriterGate(database)
            let store = SQLiteRoomStore(database)
            let room = try Sample.room()
            let (results, told) = AsyncStream.makeStream(of: Result<AppendReport, StoreError>.self)
            store.append([Sample.created(room)]) { told.yield($0) }
            async let closed: Void = database.close()
            gate.open()
            await closed
            #expect(try await results.first { _ in true }?.get() == .stored)
        }
    }

    @Test func `closing folds the log into the file though another process looks into it`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            let other = try DatabaseQueue(path: "\(folder)/parlor.sqlite")
            _ = try await SQLiteRoomStore(database).append([Sample.created(try Sample.room())])
            #expect(try await other.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM rooms") } == 1)
            await database.close()
            #expect(try contents(of: "\(folder)/parlor.sqlite-wal").isEmpty)
            try other.close()
        }
    }

    @Test func `a closed store says so, and can be closed again`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            await database.close()
            await database.close()
            let onRead = await #expect(throws: StoreError.self) {
                try await SQLiteRoomStore(database).headers(after: nil, limit: 100)
            }
            let onPing = await #expect(throws: StoreError.self) { try await database.ping() }
            #expect(onRead?.code == .closed)
            #expect(onPing?.code == .closed)
        }
    }

    // MARK: Opening

    @Test(arguments: [(SQLiteDatabase.Synchronous.full, 2), (.normal, 1)])
    func `a commit waits for what it was told to wait for`(
        _ synchronous: SQLiteDatabase.Synchronous, _ value: Int
    ) async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder, synchronous: synchronous)
            let stored = try await database.perform { db in try Int.fetchOne(db, sql: "PRAGMA synchronous") }
            #expect(stored == value)
            await database.close()
        }
    }

    @Test func `a database that answers is up`() async throws {
        try await withDatabase { database in
            let time = try await database.ping()
            #expect(time > .zero)
        }
    }

    @Test func `nobody else may read the folder and its files`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            _ = try await SQLiteRoomStore(database).append([Sample.created(try Sample.room())])
            #expect(try permissions(of: folder) == 0o700)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.contains("parlor.sqlite-wal"))
            for file in files { #expect(try permissions(of: "\(folder)/\(file)") == 0o600, "\(file)") }
            await database.close()
        }
    }

    // MARK: Refusing

    @Test func `a second server is kept out of the folder`() async throws {
        try await withFolder { folder in
            let first = try SQLiteDatabase(folder: folder)
            let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
            #expect(error?.code == .unavailable)
            #expect(error?.description == "cannot use the folder \(folder): another server is using it")
            await first.close()
            await (try SQLiteDatabase(folder: folder)).close()
        }
    }

    @Test(arguments: [true, false])
    func `a file of a newer version is refused and left alone`(_ wasClosed: Bool) async throws {
        try await withFolder { folder in
            try await fill(folder, closing: wasClosed, with: "INSERT INTO grdb_migrations VALUES ('99: from later')")
            let files = ["parlor.sqlite"] + (wasClosed ? [] : ["parlor.sqlite-wal"])
            let before = try files.map { try contents(of: "\(folder)/\($0)") }
            let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
            #expect(error?.code == .newerSchema)
            let after = try files.map { try contents(of: "\(folder)/\($0)") }
            #expect(after == before)
        }
    }

    @Test(arguments: ["garbage", "a good head only", "cut short"])
    func `a damaged file is named and left alone`(_ damage: String) async throws {
        try await withFolder { folder in
            try await fill(folder, closing: true)
            let file = "\(folder)/parlor.sqlite"
            let good = try contents(of: file)
            let bad =
                switch damage {
                case "garbage": Data(repeating: 0x5a, count: 9000)
                case "a good head only": good.prefix(4096) + Data(repeating: 0x5a, count: good.count - 4096)
                default: good.prefix(5000)
                }
            try bad.write(to: URL(filePath: file))
            let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
            #expect(error?.code == .corrupt)
            #expect(error?.description.hasPrefix("\(file): ") == true)
            #expect(try contents(of: file) == bad)
        }
    }

    @Test func `a log with a gap is not handed out, and nobody becomes its owner`() async throws {
        try await withDatabase { database in
            let store = SQLiteRoomStore(database)
            let room = try Sample.room()
            _ = try await store.append([Sample.created(room)] + (1...3).map { Sample.input(room, $0) })
            try await database.perform { db in try db.execute(sql: "DELETE FROM inputs WHERE version = 2") }
            let error = await #expect(throws: StoreError.self) { try await store.claim(room) }
            #expect(error?.code == .corrupt)
            #expect(try await database.perform { db in try Int.fetchOne(db, sql: "SELECT term FROM rooms") } == 1)
        }
    }

    /// Places where no database can be, as root sees them too.
    @Test(arguments: ["/proc/nothing/here", "/proc/self", "/dev/null"])
    func `a folder that cannot be used is named`(_ folder: String) {
        let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
        #expect(error?.code == .unavailable)
        #expect(error?.description.contains(folder) == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"), arguments: ["folder", "file"])
    func `what may only be read is named`(_ target: String) async throws {
        try await withFolder { folder in
            try await fill(folder, closing: true)
            let path = target == "folder" ? folder : "\(folder)/parlor.sqlite"
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: path)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path) }
            let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func `a folder in the file's place is named`() async throws {
        try await withFolder { folder in
            let file = "\(folder)/parlor.sqlite"
            try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
            let error = #expect(throws: StoreError.self) { try SQLiteDatabase(folder: folder) }
            #expect(error?.code == .unavailable)
            #expect(error?.description.contains(file) == true)
        }
    }

    // MARK: Tools

    /// Leaves a folder with a room of one input and a session, as a server leaves it that ended well or crashed.
    @discardableResult
    private func fill(_ folder: String, closing: Bool, with sql: String? = nil) async throws -> Session {
        let room = try Sample.room()
        var session = Session(client: ClientKey(rawValue: "a"), user: UserKey(rawValue: "Jörg"), expiresAt: 10)
        session.rooms = [room]
        let original = closing ? folder : "\(folder)-running"
        let database = try SQLiteDatabase(folder: original)
        _ = try await SQLiteRoomStore(database).append([Sample.created(room), Sample.input(room, 1)])
        try await SQLiteSessionStore(database).save(session)
        if let sql { try await database.perform { db in try db.execute(sql: sql) } }
        if !closing {
            // What a crash would leave, the log and all, is there to be copied while the database is open.
            try FileManager.default.copyItem(atPath: original, toPath: folder)
            await database.close()
            try FileManager.default.removeItem(atPath: original)
        }
        await database.close()
        return session
    }

    private func expectFilled(_ folder: String, _ session: Session) async throws {
        let database = try SQLiteDatabase(folder: folder)
        let stored = try #require(try await SQLiteRoomStore(database).claim(try Sample.room()))
        #expect(stored.header == Sample.header(try Sample.room()))
        #expect(stored.inputs == [Array("input 1".utf8)])
        #expect(stored.term == 2)
        #expect(try await SQLiteSessionStore(database).load(session.client, now: 0) == session)
        await database.close()
    }

    private func contents(of file: String) throws -> Data { try Data(contentsOf: URL(filePath: file)) }

    private func permissions(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
