import Foundation
import SessionStore
import Testing

/// The stores that must all behave alike. A new one is one more case, and held to the whole contract by it.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite

    var testDescription: String { rawValue }

    func withSessionStore(_ body: (any SessionStore) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemorySessionStore())
        case .sqlite: try await withDatabase { try await body(SQLiteSessionStore($0)) }
        }
    }

    func withRoomStore(_ body: (any RoomStore) async throws -> Void) async throws {
        switch self {
        case .memory: try await body(MemoryRoomStore())
        case .sqlite: try await withDatabase { try await body(SQLiteRoomStore($0)) }
        }
    }
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
    func append(_ commits: [RoomCommit]) async throws -> Set<RoomID> {
        try await withCheckedThrowingContinuation { continuation in
            append(commits) { result in continuation.resume(with: result) }
        }
    }
}

/// Rooms and commits as the tests write them.
enum Sample {
    static func room(_ name: String = "room-1234") throws -> RoomID { try #require(RoomID(rawValue: name)) }

    static func header(_ room: RoomID, isPrivate: Bool = false) -> RoomHeader {
        RoomHeader(id: room, gameType: "dice", isPrivate: isPrivate, createdAt: 1_700_000_000_000)
    }

    static func created(
        _ room: RoomID, version: UInt64 = 0, term: Term = 1, header: RoomHeader? = nil, snapshot: String = "new"
    ) -> RoomCommit {
        let change = RoomCommit.Change.created(header ?? Self.header(room), snapshot: Array(snapshot.utf8))
        return RoomCommit(room: room, term: term, version: version, change: change)
    }

    static func input(_ room: RoomID, _ version: UInt64, term: Term = 1, snapshot: String? = nil) -> RoomCommit {
        RoomCommit(
            room: room, term: term, version: version,
            change: .input(Array("input \(version)".utf8), snapshot: snapshot.map { Array($0.utf8) }))
    }

    static func snapshot(_ room: RoomID, _ version: UInt64, term: Term = 1, _ text: String = "state") -> RoomCommit {
        RoomCommit(room: room, term: term, version: version, change: .snapshot(Array(text.utf8)))
    }

    static func removed(_ room: RoomID, _ version: UInt64, term: Term = 1) -> RoomCommit {
        RoomCommit(room: room, term: term, version: version, change: .removed)
    }
}
