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

    /// As few as there are seats, and so looked through.
    private(set) var players: [Member] = []
    private var spectators: [ConnectionID: Member] = [:]
    /// There are as few loops as cores.
    private var parts: [Part] = []

    var isEmpty: Bool { players.isEmpty && spectators.isEmpty }
    var count: Int { players.count + spectators.count }
    var spectatorCount: Int { spectators.count }

    subscript(connection: ConnectionID) -> Member? {
        players.first { $0.sender.connection == connection } ?? spectators[connection]
    }

    func connection(at seat: Seat) -> ConnectionID? { players.first { $0.seat == seat }?.sender.connection }

    mutating func add(_ member: Member) {
        let connection = member.sender.connection
        remove(connection)
        let place = parts.firstIndex { $0.loop == connection.loop } ?? parts.endIndex
        if place == parts.endIndex { parts.append(Part(loop: connection.loop)) }
        if member.seat == nil {
            spectators[connection] = member
            parts[place].spectatorCount += 1
        } else {
            players.append(member)
            parts[place].players.append(connection)
        }
    }

    @discardableResult
    mutating func remove(_ connection: ConnectionID) -> Member? {
        let place = parts.firstIndex { $0.loop == connection.loop }
        if let player = players.firstIndex(where: { $0.sender.connection == connection }) {
            if let place { parts[place].players.removeAll { $0 == connection } }
            return players.remove(at: player)
        }
        guard let member = spectators.removeValue(forKey: connection) else { return nil }
        if let place { parts[place].spectatorCount -= 1 }
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
            body(part.loop, Parcel(to: .gallery(.room(room)), delivery: delivery))
        }
    }
}
