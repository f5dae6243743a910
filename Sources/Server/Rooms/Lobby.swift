internal import SessionStore

/// Who watches the room list, and what they have not been told yet. Pure; the room manager flushes it a few times a
/// second, so that a busy lobby costs its watchers a bounded number of messages.
struct Lobby {
    private var watchers: [ConnectionID: String?] = [:]
    /// The newest row of each public room that changed; nil where it is gone.
    private var changes: [RoomID: (before: RoomRow?, after: RoomRow?)] = [:]

    var watcherCount: Int { watchers.count }
    var hasNews: Bool { !changes.isEmpty }

    /// - Parameter gameType: nil for all games.
    mutating func watch(_ connection: ConnectionID, gameType: String?) {
        watchers.updateValue(gameType, forKey: connection)
    }

    mutating func unwatch(_ connection: ConnectionID) {
        watchers.removeValue(forKey: connection)
        // What happens while nobody watches is not kept, so what came before it would be told wrongly.
        if watchers.isEmpty { changes = [:] }
    }

    mutating func changed(from before: RoomRow?, to after: RoomRow?) {
        guard let row = after ?? before, !row.isPrivate, before != after else { return }
        guard !watchers.isEmpty else { return }
        changes[row.id] = (changes[row.id].map(\.before) ?? before, after)
    }

    /// The updates that are due, each with the connections that want it.
    /// - Parameter list: the whole list of a game, for when there is too much news to tell one by one.
    mutating func flush(list: (String?) -> (rooms: [RoomRow], total: Int)) -> [(to: [ConnectionID], message: [UInt8])] {
        let news = changes
        changes = [:]
        let byGame = Dictionary(grouping: watchers, by: \.value)
        return byGame.compactMap { gameType, watchers in
            let wanted = news.values.filter { change in
                let row = change.after ?? change.before
                return gameType == nil || row?.gameType == gameType
            }
            guard let message = Self.update(wanted, whole: { list(gameType) }) else { return nil }
            return (watchers.map(\.key), message)
        }
    }

    private static func update(
        _ news: [(before: RoomRow?, after: RoomRow?)], whole: () -> (rooms: [RoomRow], total: Int)
    ) -> [UInt8]? {
        let added = news.filter { $0.before == nil }.compactMap(\.after)
        let changed = news.filter { $0.before != nil && $0.before != $0.after }.compactMap(\.after)
        let removed = news.filter { $0.after == nil }.compactMap(\.before)
        guard !added.isEmpty || !changed.isEmpty || !removed.isEmpty else { return nil }
        guard added.count + changed.count + removed.count <= Limits.lobbyList else {
            let (rooms, total) = whole()
            return ServerMessage.plain("room_list_update") { data in
                data.set("reset", true)
                data.set("rooms", array: rooms.map(\.json))
                data.set("total", total)
            }
        }
        return ServerMessage.plain("room_list_update") { data in
            data.set("added", array: added.map(\.json))
            data.set("changed", array: changed.map(\.json))
            data.set("removed", array: removed.map { row in Array("\"\(row.id.rawValue)\"".utf8) })
        }
    }
}
