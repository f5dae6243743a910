import Foundation
import NIOPosix
import RedisClient
import RedisLab
import SessionStore
import Testing

/// The stores that must all behave alike. A new one is one more case, and held to the whole contract by it.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite, redis

    var testDescription: String { rawValue }

    func withSessionStore(_ body: (any SessionStore) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemorySessionStore())
        case .sqlite: try await withDatabase { try await body(SQLiteSessionStore($0)) }
        case .redis:
            try await withRedis { connection in
                try await body(RedisSessionStore(connection, keys: RedisKeys(prefix: "test:"), clock: { 0 }))
            }
        }
    }

    func withRoomStore(_ body: (any RoomStore) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryRoomStore(keepsArchives: true))
        case .sqlite: try await withDatabase { try await body(SQLiteRoomStore($0)) }
        case .redis:
            try await withRedis { connection in
                try await body(RedisRoomStore(connection, keys: RedisKeys(prefix: "test:"), clock: { 0 }))
            }
        }
    }
}

/// A connection to a real Redis server of its own, both gone afterwards.
func withRedis(
    _ options: RedisServer.Options = .init(), _ body: (RedisConnection) async throws -> Void
) async throws {
    try await RedisServer.with(options) { server in
        try await withConnection(to: server.port, body)
    }
}

/// A connection to a port of this machine, closed afterwards.
func withConnection(to port: Int, _ body: (RedisConnection) async throws -> Void) async throws {
    var configuration = RedisConfiguration(.one(.init(host: "127.0.0.1", port: port)))
    // A machine that runs all tests at once is slow, and that is no fault.
    configuration.deadline = .seconds(20)
    let connection = RedisConnection(configuration, on: MultiThreadedEventLoopGroup.singleton.next())
    do {
        try await body(connection)
    } catch {
        await connection.close()
        throw error
    }
    await connection.close()
}

/// A database in a folder of its own, both gone afterwards.
func withDatabase(_ body: (SQLiteDatabase) async throws -> Void) async throws {
    try await withFolder { folder in
        let database = try SQLiteDatabase(folder: folder)
        try await body(database)
        await database.close()
    }
}

func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "parlor-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}

extension RoomStore {
    func append(_ commits: [RoomCommit]) async throws -> AppendReport {
        try await withCheckedThrowingContinuation { continuation in
            append(commits) { result in continuation.resume(with: result) }
        }
    }

    func claim(_ room: RoomID) async throws -> StoredRoom? {
        try await withCheckedThrowingContinuation { continuation in
            claim(room) { result in continuation.resume(with: result) }
        }
    }
}

extension AppendReport {
    static var stored: AppendReport { AppendReport() }
    static func refused(_ room: RoomID) -> AppendReport { AppendReport(refused: [room]) }
    static func behind(_ room: RoomID) -> AppendReport { AppendReport(behind: [room]) }
}

/// Rooms and commits as the tests write them.
enum Sample {
    static func room(_ name: String = "room-1234") throws -> RoomID { try #require(RoomID(rawValue: name)) }

    static func header(_ room: RoomID, isPrivate: Bool = false) -> RoomHeader {
        RoomHeader(id: room, gameType: "dice", isPrivate: isPrivate, createdAt: 1_700_000_000_000)
    }

    static func commit(
        _ room: RoomID, _ version: UInt64, term: Term = 1, epoch: Epoch = 1, _ change: RoomCommit.Change
    ) -> RoomCommit {
        RoomCommit(room: room, term: term, epoch: epoch, version: version, change: change)
    }

    static func created(
        _ room: RoomID, version: UInt64 = 0, term: Term = 1, header: RoomHeader? = nil, snapshot: String = "new",
        isArchived: Bool = true
    ) -> RoomCommit {
        let header = header ?? Self.header(room)
        return commit(
            room, version, term: term, .created(header, snapshot: Array(snapshot.utf8), isArchived: isArchived))
    }

    static func input(_ room: RoomID, _ version: UInt64, term: Term = 1, snapshot: String? = nil) -> RoomCommit {
        let change = RoomCommit.Change.input(Array("input \(version)".utf8), snapshot: snapshot.map { Array($0.utf8) })
        return commit(room, version, term: term, change)
    }

    static func snapshot(
        _ room: RoomID, _ version: UInt64, term: Term = 1, epoch: Epoch = 1, _ text: String = "state",
        inputs: [String] = []
    ) -> RoomCommit {
        let change = RoomCommit.Change.snapshot(Array(text.utf8), inputs: inputs.map { Array($0.utf8) })
        return commit(room, version, term: term, epoch: epoch, change)
    }

    static func rewritten(
        _ room: RoomID, _ version: UInt64, term: Term = 1, epoch: Epoch = 1, header: RoomHeader? = nil,
        snapshot: String = "whole", isArchived: Bool = true
    ) -> RoomCommit {
        let header = header ?? Self.header(room)
        return commit(
            room, version, term: term, epoch: epoch,
            .rewritten(header, snapshot: Array(snapshot.utf8), isArchived: isArchived))
    }

    static func confirmed(_ room: RoomID, _ version: UInt64, term: Term = 1) -> RoomCommit {
        commit(room, version, term: term, .confirmed)
    }

    static func removed(
        _ room: RoomID, _ version: UInt64, term: Term = 1, archivedUntil: Int64? = nil
    ) -> RoomCommit {
        commit(room, version, term: term, .removed(archivedUntil: archivedUntil))
    }
}
