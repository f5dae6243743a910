internal import RoomEngine
internal import SessionStore

/// One room as lists show it and as quick joins find it. Shards report a new one whenever it changes.
struct RoomRow: Equatable, Sendable {
    let id: RoomID
    let gameType: String
    let options: CheckedOptions?
    let isPrivate: Bool
    /// Milliseconds since 1970.
    let createdAt: Int64
    var phase = RoomPhase.waiting
    var players = 0
    var maxSeats: Int
    var spectators = 0
    var isLocked = false
    /// Whether anybody who sits there is connected.
    var isAlive = false
    /// The users who sit there, for whom a quick join looks elsewhere. In no list.
    var users: Set<UserKey> = []

    /// As the protocol's `RoomInfo`.
    func write(to object: inout JSONObject) {
        object.set("roomId", id.rawValue)
        object.set("gameType", gameType)
        object.set("phase", phase.rawValue)
        object.set("players", players)
        object.set("maxSeats", maxSeats)
        object.set("spectators", spectators)
        object.set("createdAt", createdAt)
        object.set("locked", isLocked)
    }

    var json: [UInt8] {
        var object = JSONObject()
        write(to: &object)
        return object.closed()
    }
}
