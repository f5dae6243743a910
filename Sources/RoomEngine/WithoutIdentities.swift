internal import GameKitProtocol

// What is left of a room's history when nobody may be known by it: not what the server knows people by, nor what their
// clients named their moves. Names stay, since games see them and fingerprints hold them; nothing else of this is in a
// fingerprint, and no game sees it, so what is left plays as the whole did.

extension Newcomer {
    var withoutIdentity: Self { Newcomer(playerId: "", name: name, holder: nil, user: nil, level: level) }
}

extension Occupant {
    var withoutIdentity: Self {
        let nobody = Newcomer(playerId: "", name: name, holder: nil, user: nil, level: level)
        // With the receipts go the digests of move ids.
        var occupant = Occupant(nobody, since: since)
        occupant.isConnected = isConnected
        occupant.isReady = isReady
        occupant.hasVoted = hasVoted
        occupant.graceEnds = graceEnds
        return occupant
    }
}

extension RoomEvent {
    var withoutIdentity: Self {
        switch self {
        case .playerJoined(let seat, _, let name, let isBot):
            .playerJoined(seat: seat, playerId: "", name: name, isBot: isBot)
        case .playerLeft(let seat, _, let name, let isBot, let reason):
            .playerLeft(seat: seat, playerId: "", name: name, isBot: isBot, reason: reason)
        case .playerDisconnected(let seat, _, let grace): .playerDisconnected(seat: seat, playerId: "", grace: grace)
        case .playerReconnected(let seat, _): .playerReconnected(seat: seat, playerId: "")
        case .gameStarted, .gameEnded, .rematchVoted, .readyChanged, .game: self
        }
    }
}

extension RoomInput {
    var withoutIdentity: Self {
        switch self {
        case .seated(let newcomer, let seat): .seated(newcomer.withoutIdentity, at: seat)
        case .takenOver(let seat, _): .takenOver(seat, by: nil)
        case .moved(let seat, let move, _): .moved(seat, move, id: nil)
        case .left, .away, .back, .readied, .voted, .locked, .ticked, .timePassed, .resumed: self
        }
    }
}

extension LogEntry {
    var withoutIdentity: Self {
        LogEntry(at: at, input: input.withoutIdentity, more: more, every: every, hash: hash)
    }
}

extension RoomSnapshot {
    var withoutIdentities: Self {
        var snapshot = self
        snapshot.occupants = occupants.map { $0?.withoutIdentity }
        snapshot.history = history.withoutIdentities
        return snapshot
    }
}
