import SessionStore
import Synchronization

/// A store of rooms in memory that can be told to fail: before it has written, or after, when only the answer is lost.
final class FailingStore: RoomStore {
    enum Fault { case beforeWriting, afterWriting }

    private let store = MemoryRoomStore()
    private let fault = Mutex<Fault?>(nil)

    func fail(_ fault: Fault?) { self.fault.withLock { $0 = fault } }

    func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        store.claim(room, completion: completion)
    }

    func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        try await store.headers(after: room, limit: limit)
    }

    func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? { try await store.archive(of: room) }
    func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int { 0 }

    func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        let failure = StoreError(.unavailable, "told to fail")
        switch fault.withLock({ $0 }) {
        case .beforeWriting: completion(.failure(failure))
        case .afterWriting: store.append(commits) { _ in completion(.failure(failure)) }
        case nil: store.append(commits, completion: completion)
        }
    }
}
