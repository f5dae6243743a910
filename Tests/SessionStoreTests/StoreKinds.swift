import Foundation
import NIOCore
import NIOPosix
import RedisClient
import RedisLab
import Testing

@testable import SessionStore

/// The stores that must all behave alike. A new one is one more case, and held to the whole contract by it.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite, redis
    /// Redis with SQLite behind it: Redis serves; it cannot be asked; it fails at random moments.
    case fallback, degraded, failing

    /// A room that moves to another store comes there whole, so that nothing can be said of its single inputs.
    static let allCases: [StoreKind] = [.memory, .sqlite, .redis, .fallback, .degraded]
    static let forSessions = allCases + [.failing]

    /// What cannot be asked may have the room in whatever state, and is to forget it.
    var takesAnyRemoval: Bool { self == .degraded }

    var testDescription: String { rawValue }

    func withSessionStore(_ body: (any SessionStore) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemorySessionStore())
        case .sqlite: try await withDatabase { try await body(SQLiteSessionStore($0)) }
        case .redis:
            try await withRedis { connection in
                try await body(RedisSessionStore(connection, keys: RedisKeys(prefix: "test:"), clock: { 0 }))
            }
        case .fallback, .degraded, .failing:
            try await withNode { try await body(PatientSessions(node: $0, kind: self)) }
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
        case .fallback, .failing: try await withNode { try await body($0.rooms) }
        case .degraded: try await withNode { try await body(KnowingRooms(store: $0.rooms)) }
        }
    }
}

extension StoreKind {
    private func withNode(_ body: (FallbackNode) async throws -> Void) async throws {
        let redis = FakeRedis()
        redis.change { $0.isDown = self == .degraded }
        if self == .failing { redis.beMoody(seed: 1, oneIn: 5) }
        try await withFolder { folder in
            let node = try await FallbackNode(redis, folder: folder)
            try await body(node)
            await node.end()
        }
    }
}

/// Whoever asks again when something is unavailable, as clients do; or knows that Redis is empty, and that there is nothing
/// when only Redis could have it.
private struct PatientSessions: SessionStore {
    let node: FallbackNode
    let kind: StoreKind

    func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? {
        while true {
            do throws(StoreError) {
                return try await node.sessions.load(client, now: now)
            } catch {
                guard error.code == .unavailable else { throw error }
                if kind == .degraded { return nil }
                await node.relay.look()
            }
        }
    }

    func save(_ session: Session) async throws(StoreError) { try await node.sessions.save(session) }

    func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) {
        try await node.sessions.remove(client, revision: revision)
        if kind == .failing { await node.relay.look() }
    }

    func removeExpired(now: Int64) async throws(StoreError) { try await node.sessions.removeExpired(now: now) }
}

/// Knows that Redis is empty, and that there is nothing when only Redis could have it.
private struct KnowingRooms: RoomStore {
    let store: FallbackRoomStore

    func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        store.claim(room) { result in
            if case .failure(let error) = result, error.code == .unavailable { return completion(.success(nil)) }
            completion(result)
        }
    }

    func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        store.append(commits, completion: completion)
    }

    func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        do { return try await store.headers(after: room, limit: limit) } catch  where error.code == .unavailable {
            return []
        }
    }

    func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? {
        do { return try await store.archive(of: room) } catch  where error.code == .unavailable { return nil }
    }

    func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int {
        try await store.removeExpiredArchives(now: now)
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

    static func header(_ room: RoomID, visibility: RoomVisibility = .public) -> RoomHeader {
        RoomHeader(id: room, gameType: "dice", visibility: visibility, createdAt: 1_700_000_000_000)
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
