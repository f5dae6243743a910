internal import NIOCore
internal import SessionStore

/// Where a server keeps its rooms and sessions.
struct Stores: Sendable {
    let rooms: any RoomStore
    let sessions: any SessionStore
    /// The file behind both or, where there is Redis, the one that stands in for it: what is pinged and closed.
    var database: SQLiteDatabase?
    var redis: RedisStores?

    init(rooms: any RoomStore, sessions: any SessionStore) {
        self.rooms = rooms
        self.sessions = sessions
    }

    /// - Parameter loop: where Redis is spoken to.
    /// - Throws: a store error when the data folder cannot be used. A Redis that is away is no error.
    init(_ configuration: Configuration, on loop: any EventLoop) async throws(StoreError) {
        var database: SQLiteDatabase?
        if case .folder(let path) = configuration.data {
            // What moves to Redis is deleted here first; should a power cut undo that, it would count as the newest.
            let isFull = configuration.sqliteSync == .full || configuration.redis != nil
            let synchronous: SQLiteDatabase.Synchronous = isFull ? .full : .normal
            database = try SQLiteDatabase(folder: path, synchronous: synchronous)
        }
        if let settings = configuration.redis {
            let redis = try await RedisStores(settings, owner: configuration.owner, fallback: database, on: loop)
            self.init(rooms: redis.rooms, sessions: redis.sessions)
            self.redis = redis
        } else if let database {
            self.init(rooms: SQLiteRoomStore(database), sessions: SQLiteSessionStore(database))
        } else {
            self.init(rooms: MemoryRoomStore(), sessions: MemorySessionStore())
        }
        self.database = database
    }
}
