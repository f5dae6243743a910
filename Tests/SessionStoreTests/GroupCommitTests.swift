import Foundation
import GRDB
import Testing

@testable import SessionStore

@Suite struct GroupCommitTests {
    @Test func `jobs that came while the writer was busy share one transaction`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder)
            let before = try commits(in: folder)
            let results = try await appendTogether(in: database)
            #expect(results.allSatisfy(isStored))
            #expect(try commits(in: folder) == before + 1)
            await database.close()
        }
    }

    @Test func `a job that fails is undone alone`() async throws {
        try await withDatabase { database in
            let results = try await appendTogether(in: database) { db in
                try db.execute(sql: "DELETE FROM rooms")
                throw CancellationError()
            }
            #expect(results.count(where: isStored) == 20)
            #expect(results.count == 21)
            #expect(try await SQLiteRoomStore(database).headers(after: nil, limit: 100).count == 20)
        }
    }

    @Test func `nobody is told of success when the commit fails`() async throws {
        try await withDatabase { database in
            let results = try await appendTogether(in: database) { db in
                db.add(transactionObserver: FailingCommit(), extent: .nextTransaction)
                try db.execute(sql: "UPDATE rooms SET term = 9")
                return .stored
            }
            #expect(results.count == 21)
            #expect(results.allSatisfy(isUnavailable))
            #expect(try await SQLiteRoomStore(database).headers(after: nil, limit: 100) == [])
        }
    }

    @Test func `a failure that ends the transaction is the whole group's`() async throws {
        try await withDatabase { database in
            let results = try await appendTogether(in: database) { db in
                // As SQLite does by itself when the disk is full.
                try db.execute(sql: "ROLLBACK")
                throw DatabaseError(resultCode: .SQLITE_FULL, message: "the disk is full")
            }
            #expect(results.count == 21)
            #expect(results.allSatisfy(isUnavailable))
            #expect(results.allSatisfy { "\($0)".contains("the disk is full") })
            #expect(try await SQLiteRoomStore(database).headers(after: nil, limit: 100) == [])
        }
    }

    @Test func `a file that another process holds is unavailable until it lets go`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(folder: folder, patience: .zero)
            let store = SQLiteRoomStore(database)
            // A transaction that is left open is what this is about.
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: "\(folder)/parlor.sqlite", configuration: configuration)
            let room = try Sample.room()
            try await other.writeWithoutTransaction { db in try db.beginTransaction(.immediate) }
            let whileHeld = await #expect(throws: StoreError.self) { try await store.append([Sample.created(room)]) }
            #expect(whileHeld?.code == .unavailable)
            try other.close()
            #expect(try await store.append([Sample.created(room)]) == .stored)
            await database.close()
        }
    }

    // MARK: Tools

    /// Makes twenty rooms, ten before and ten after a job, all in one group.
    private func appendTogether(
        in database: SQLiteDatabase, with job: (@Sendable (Database) throws -> AppendReport)? = nil
    ) async throws -> [Result<AppendReport, StoreError>] {
        let store = SQLiteRoomStore(database)
        let commits = try (0..<20).map { Sample.created(try Sample.room("room-number-\($0)")) }
        let gate = await WriterGate(database)
        let (results, told) = AsyncStream.makeStream(of: Result<AppendReport, StoreError>.self)
        for commit in commits.prefix(10) { store.append([commit]) { told.yield($0) } }
        if let job { database.submit(job) { told.yield($0) } }
        for commit in commits.suffix(10) { store.append([commit]) { told.yield($0) } }
        gate.open()
        return await results.prefix(job == nil ? 20 : 21).reduce(into: []) { $0.append($1) }
    }

    private func isStored(_ result: Result<AppendReport, StoreError>) -> Bool {
        if case .success(.stored) = result { true } else { false }
    }

    private func isUnavailable(_ result: Result<AppendReport, StoreError>) -> Bool {
        if case .failure(let error) = result { error.code == .unavailable } else { false }
    }

    /// How many transactions the write-ahead log holds: frames that end one carry the size of the database.
    private func commits(in folder: String) throws -> Int {
        let log = try Data(contentsOf: URL(filePath: "\(folder)/parlor.sqlite-wal"))
        func number(at offset: Int) -> UInt32 {
            log[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        let (headerSize, frameSize) = (32, 24 + Int(number(at: 8)))
        return stride(from: headerSize, to: log.count, by: frameSize).count { frame in
            number(at: frame + 4) != 0 && number(at: frame + 8) == number(at: 16)
        }
    }
}

private final class FailingCommit: TransactionObserver {
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() throws { throw DatabaseError(resultCode: .SQLITE_FULL) }
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
}
