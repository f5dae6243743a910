internal import SessionStore

/// Where a server keeps its rooms and sessions.
struct Stores: Sendable {
    let rooms: any RoomStore
    let sessions: any SessionStore
    /// The file behind both, if there is one: what is pinged and closed.
    var database: SQLiteDatabase?

    init(rooms: any RoomStore, sessions: any SessionStore) {
        self.rooms = rooms
        self.sessions = sessions
    }

    /// - Throws: a store error when the data folder cannot be used.
    init(_ configuration: Configuration) throws(StoreError) {
        switch configuration.data {
        case .memory: self.init(rooms: MemoryRoomStore(), sessions: MemorySessionStore())
        case .folder(let path):
            let synchronous: SQLiteDatabase.Synchronous = configuration.sqliteSync == .full ? .full : .normal
            let database = try SQLiteDatabase(folder: path, synchronous: synchronous)
            self.init(rooms: SQLiteRoomStore(database), sessions: SQLiteSessionStore(database))
            self.database = database
        }
    }
}
