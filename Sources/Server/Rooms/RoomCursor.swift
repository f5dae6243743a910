internal import SessionStore

/// A place in the list of rooms, newest first, that stays the same while rooms come and go: the room after which to go
/// on. What comes first in the list is the smaller one.
struct RoomCursor: Hashable, Comparable, Sendable {
    let createdAt: Int64
    let id: RoomID

    var text: String { "\(createdAt).\(id.rawValue)" }

    init(_ row: RoomRow) {
        createdAt = row.createdAt
        id = row.id
    }

    /// - Parameter text: untrusted.
    init?(text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let createdAt = Int64(parts[0]), let id = RoomID(rawValue: String(parts[1])) else {
            return nil
        }
        self.createdAt = createdAt
        self.id = id
    }

    static func < (first: Self, second: Self) -> Bool {
        first.createdAt != second.createdAt
            ? first.createdAt > second.createdAt : first.id.rawValue > second.id.rawValue
    }
}
