internal import GameKitProtocol
internal import SessionStore

/// The connections that are in a room. Pure; keeps them by loop, so that telling everybody is one parcel a loop.
struct Audience {
    struct Member {
        let sender: Sender
        let playerId: String
        let name: String
        /// nil for a spectator.
        var seat: Seat?
    }

    private(set) var members: [ConnectionID: Member] = [:]
    private var bySeat: [Seat: ConnectionID] = [:]
    /// Those of each loop that has any. There are as few loops as cores.
    private(set) var loops: [(loop: Int, connections: [ConnectionID])] = []

    var isEmpty: Bool { members.isEmpty }
    var spectatorCount: Int { members.count - bySeat.count }
    var spectators: [ConnectionID] { members.filter { $0.value.seat == nil }.map(\.key) }

    subscript(connection: ConnectionID) -> Member? { members[connection] }

    func connection(at seat: Seat) -> ConnectionID? { bySeat[seat] }

    mutating func add(_ member: Member) {
        let connection = member.sender.connection
        if let old = members.updateValue(member, forKey: connection) {
            if let seat = old.seat, bySeat[seat] == connection { bySeat[seat] = nil }
        } else {
            if let place = loops.firstIndex(where: { $0.loop == connection.loop }) {
                loops[place].connections.append(connection)
            } else {
                loops.append((connection.loop, [connection]))
            }
        }
        if let seat = member.seat { bySeat[seat] = connection }
    }

    @discardableResult
    mutating func remove(_ connection: ConnectionID) -> Member? {
        guard let member = members.removeValue(forKey: connection) else { return nil }
        if let seat = member.seat, bySeat[seat] == connection { bySeat[seat] = nil }
        if let place = loops.firstIndex(where: { $0.loop == connection.loop }) {
            loops[place].connections.removeAll { $0 == connection }
            if loops[place].connections.isEmpty { loops.remove(at: place) }
        }
        return member
    }
}
