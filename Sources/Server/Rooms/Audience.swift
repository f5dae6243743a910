import GameKitProtocol
import SessionStore

/// The connections that are in a room. Pure; keeps them by loop, so that telling everybody is two parcels a loop at most:
/// one for those who play, and one for those who watch, whom the loop knows.
struct Audience {
    struct Member {
        let sender: Sender
        let playerId: String
        let name: String
        /// nil for a spectator.
        var seat: Seat?
    }

    /// What of it is on one loop.
    private struct Part {
        let loop: Int
        var players: [ConnectionID] = []
        var spectatorCount = 0
    }

    private(set) var members: [ConnectionID: Member] = [:]
    private(set) var players: [Seat: ConnectionID] = [:]
    /// There are as few loops as cores.
    private var parts: [Part] = []
    private(set) var spectatorCount = 0

    var isEmpty: Bool { members.isEmpty }

    subscript(connection: ConnectionID) -> Member? { members[connection] }

    func connection(at seat: Seat) -> ConnectionID? { players[seat] }

    mutating func add(_ member: Member) {
        let connection = member.sender.connection
        remove(connection)
        members[connection] = member
        let place = parts.firstIndex { $0.loop == connection.loop } ?? parts.endIndex
        if place == parts.endIndex { parts.append(Part(loop: connection.loop)) }
        if let seat = member.seat {
            players[seat] = connection
            parts[place].players.append(connection)
        } else {
            spectatorCount += 1
            parts[place].spectatorCount += 1
        }
    }

    @discardableResult
    mutating func remove(_ connection: ConnectionID) -> Member? {
        guard let member = members.removeValue(forKey: connection) else { return nil }
        let place = parts.firstIndex { $0.loop == connection.loop }
        if let seat = member.seat {
            if players[seat] == connection { players[seat] = nil }
            if let place { parts[place].players.removeAll { $0 == connection } }
        } else {
            spectatorCount -= 1
            if let place { parts[place].spectatorCount -= 1 }
        }
        return member
    }

    /// What each loop that has any of them is to be brought.
    func forEachParcel(of delivery: Delivery, from room: RoomID, _ body: (_ loop: Int, Parcel) -> Void) {
        for part in parts where !part.players.isEmpty {
            body(part.loop, Parcel(to: .each(part.players), delivery: delivery))
        }
        forEachParcelToSpectators(of: delivery, from: room, body)
    }

    func forEachParcelToSpectators(of delivery: Delivery, from room: RoomID, _ body: (_ loop: Int, Parcel) -> Void) {
        for part in parts where part.spectatorCount > 0 {
            body(part.loop, Parcel(to: .gallery(room), delivery: delivery))
        }
    }
}
