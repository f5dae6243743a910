public actor MemorySessionStore: SessionStore {
    var all: [ClientKey: Session] = [:]
    public init() {}
    public func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? { all[client] }
    public func save(_ session: Session) async throws(StoreError) { all[session.client] = session }
    public func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) { all[client] = nil }
    public func removeExpired(now: Int64) async throws(StoreError) -> Int { 0 }
}
import Synchronization
public final class MemoryRoomStore: RoomStore {
    public init() {}
    public func claim(_ room: RoomID) async throws(StoreError) -> StoredRoom? { nil }
    public func append(_ commits: [RoomCommit], completion: @escaping @Sendable (Result<Set<RoomID>, StoreError>) -> Void) { completion(.success([])) }
    public func headers() async throws(StoreError) -> [RoomHeader] { [] }
}
public final class SQLiteDatabase: Sendable {
    public enum Sync: Sendable { case full, normal }
    public init(folder: String, synchronous: Sync) throws(StoreError) {}
    public func ping() async throws(StoreError) -> Duration { .zero }
    public func close() async {}
}
public typealias SQLiteRoomStore = MemoryRoomStore
public typealias SQLiteSessionStore = MemorySessionStore
extension MemoryRoomStore { public convenience init(_ d: SQLiteDatabase) { self.init() } }
extension MemorySessionStore { public init(_ d: SQLiteDatabase) { self.init() } }
