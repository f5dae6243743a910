internal import RoomEngine

/// The lists of public rooms: of all, of each game, of each phase. A room stands in four of them, so that any page is read
/// from one.
struct RoomLists {
    private struct Name: Hashable {
        /// nil: any.
        let gameType: String?
        let phase: RoomPhase?
    }

    private var lists: [Name: SortedPlaces] = [:]

    func count(gameType: String?, phase: RoomPhase?) -> Int {
        lists[Name(gameType: gameType, phase: phase)]?.count ?? 0
    }

    func page(of most: Int, gameType: String?, phase: RoomPhase?, after cursor: RoomCursor?) -> [RoomCursor] {
        lists[Name(gameType: gameType, phase: phase)]?.page(of: most, after: cursor) ?? []
    }

    /// A room is shown differently from now on.
    /// - Parameters:
    ///   - before: nil where no list showed it.
    ///   - after: nil where none shows it any more.
    mutating func change(from before: RoomRow?, to after: RoomRow?) {
        let (old, new) = (Self.names(before), Self.names(after))
        guard old != new else { return }
        for name in old where !new.contains(name) {
            if let before { lists[name]?.remove(RoomCursor(before)) }
        }
        for name in new where !old.contains(name) {
            if let after { lists[name, default: SortedPlaces()].insert(RoomCursor(after)) }
        }
    }

    private static func names(_ row: RoomRow?) -> [Name] {
        guard let row, !row.isPrivate else { return [] }
        return [
            Name(gameType: nil, phase: nil), Name(gameType: row.gameType, phase: nil),
            Name(gameType: nil, phase: row.status.phase), Name(gameType: row.gameType, phase: row.status.phase),
        ]
    }
}
