internal import SessionStore

/// Who watches the room list, and what they have not been told yet. Pure; the room manager flushes it a few times a
/// second, so that a busy lobby costs its watchers a bounded number of messages.
struct Lobby {
    private var watchers: [ConnectionID: RoomList] = [:]
    /// How many watch each list.
    private var counts: [RoomList: Int] = [:]
    /// The newest row of each public room that changed; nil where it is gone.
    private var changes: [RoomID: (before: RoomRow?, after: RoomRow?)] = [:]

    var watcherCount: Int { watchers.count }
    var hasNews: Bool { !changes.isEmpty }

    mutating func watch(_ connection: ConnectionID, _ list: RoomList) {
        forget(connection)
        watchers[connection] = list
        counts[list, default: 0] += 1
    }

    /// - Returns: whether it watched.
    @discardableResult
    mutating func unwatch(_ connection: ConnectionID) -> Bool {
        let didWatch = forget(connection)
        // What happens while nobody watches is not kept, so what came before it would be told wrongly.
        if watchers.isEmpty { changes = [:] }
        return didWatch
    }

    @discardableResult
    private mutating func forget(_ connection: ConnectionID) -> Bool {
        guard let list = watchers.removeValue(forKey: connection), let count = counts[list] else { return false }
        counts[list] = count > 1 ? count - 1 : nil
        return true
    }

    mutating func changed(from before: RoomRow?, to after: RoomRow?) {
        guard let row = after ?? before, !row.isPrivate, before != after else { return }
        guard !watchers.isEmpty else { return }
        changes[row.id] = (changes[row.id].map(\.before) ?? before, after)
    }

    /// The updates that are due to those who watch each list.
    /// - Parameter whole: all of a list, for when there is too much news to tell one by one.
    mutating func flush(
        whole: (RoomList) -> (rooms: [RoomRow], total: Int)
    ) -> [(to: RoomList, message: [UInt8])] {
        let news = changes
        changes = [:]
        return counts.keys.compactMap { list in
            let wanted = news.values.filter { change in
                let row = change.after ?? change.before
                return list.gameType == nil || row?.gameType == list.gameType
            }
            return Self.update(wanted, whole: { whole(list) }).map { (list, $0) }
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
