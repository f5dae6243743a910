import SessionStore
import Synchronization

/// A store of rooms in memory that can lose what it has: all of it, or what was stored since a moment.
final class ForgetfulStore: RoomStore {
    private let store = Mutex(MemoryRoomStore(keepsArchives: true))
    private let kept = Mutex<[[RoomCommit]]>([])

    private var current: MemoryRoomStore { store.withLock { $0 } }

    /// How many appends there were.
    var appends: Int { kept.withLock { $0.count } }

    /// Goes back to where it stood after so many appends, as a replica does that was behind.
    func forget(after appends: Int) {
        let older = MemoryRoomStore(keepsArchives: true)
        kept.withLock { kept in
            kept.removeLast(kept.count - appends)
            for commits in kept { older.append(commits) { _ in } }
        }
        store.withLock { $0 = older }
    }

    func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        current.claim(room, completion: completion)
    }

    func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        kept.withLock { $0.append(commits) }
        current.append(commits, completion: completion)
    }

    func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        try await current.headers(after: room, limit: limit)
    }

    func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? { try await current.archive(of: room) }
    func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int { 0 }
}
