internal import RoomEngine
internal import SessionStore

/// One room as lists show it and as quick joins find it. Shards report a new one whenever it changes.
struct RoomRow: Equatable, Sendable {
    /// What of it changes.
    struct Status: Equatable, Sendable {
        var phase = RoomPhase.waiting
        var isLocked = false
        /// Whether anybody who sits there is connected.
        var isAlive = false
        var players = 0
        var spectators = 0
        /// The users who sit there, for whom a quick join looks elsewhere. In no list.
        var users: Set<UserKey> = []
    }

    let id: RoomID
    let gameType: String
    let options: CheckedOptions?
    let isPrivate: Bool
    /// Milliseconds since 1970.
    let createdAt: Int64
    let maxSeats: Int
    var status = Status()

    /// As the protocol's `RoomInfo`.
    func write(to object: inout JSONObject) {
        object.set("roomId", id.rawValue)
        object.set("gameType", gameType)
        object.set("phase", status.phase.rawValue)
        object.set("players", status.players)
        object.set("maxSeats", maxSeats)
        object.set("spectators", status.spectators)
        object.set("createdAt", createdAt)
        object.set("locked", status.isLocked)
    }

    var json: [UInt8] {
        var object = JSONObject()
        write(to: &object)
        return object.closed()
    }
}
