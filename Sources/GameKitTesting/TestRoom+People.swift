internal import JSONCoding
public import GameKitProtocol
public import RoomEngine

/// People come, go and want another round.
extension TestRoom {
    /// Somebody takes a seat, the first free one if nil.
    public mutating func sit(_ name: String, at seat: Seat? = nil) throws {
        try tell(.seated(Newcomer(playerId: name, name: name, holder: name), at: seat))
    }

    /// A bot takes a seat, the first free one if nil. It moves when ``playBots(until:)`` lets it.
    public mutating func addBot(_ level: BotLevel = .easy, at seat: Seat? = nil) throws {
        let name = "Bot \(taken.count + 1)"
        try tell(.seated(Newcomer(playerId: name, name: name, holder: nil, level: level), at: seat))
    }

    /// A player leaves for good, or is `kicked`.
    public mutating func leave(_ seat: Seat, _ reason: LeaveReason = .left) throws { try tell(.left(seat, reason)) }

    /// A player's connection is lost; the seat is kept for the manifest's grace. See ``advance(by:)``.
    public mutating func disconnect(_ seat: Seat) throws { try tell(.away(seat)) }

    /// A player is there again.
    public mutating func reconnect(_ seat: Seat) throws { try tell(.back(seat)) }

    /// A player says to be ready, or no longer.
    public mutating func ready(_ seat: Seat, _ isReady: Bool = true) throws { try tell(.readied(seat, isReady)) }

    /// Everybody wants another round, which starts with the last vote.
    /// - Throws: a refusal while the round goes on; ``GameFault`` when too few sit there to start.
    public mutating func rematch() throws {
        let chairs = engine.facts.chairs
        for seat in taken where chairs[seat]?.isBot == false { try tell(.voted(seat)) }
        guard phase != .finished else { throw GameFault(G.self, nil, "too few sit there for another round") }
    }

    /// The server crashes and starts again: the room comes back from its snapshot, and everybody is away until
    /// ``reconnect(_:)``.
    public mutating func restart() throws {
        restore(try JSONReader.decode(RoomSnapshot<G>.self, from: try snapshotBytes))
        try tell(.resumed)
    }
}

// MARK: - Bots
extension TestRoom {
    /// How long a round of bots may be.
    private static var mostBotSteps: Int { 1_000_000 }

    /// Lets the bots play until the round is over, nobody but people can go on, or `isEnough` says so. Time passes only
    /// in a game that ticks.
    /// - Parameter seed: of the bots' own thoughts; they change no roll of the room.
    /// - Throws: a bot's refused move as ``GameFault``, and a round that does not end.
    public mutating func playBots(seed: UInt64 = 1, until isEnough: (Self) throws -> Bool = { _ in false }) throws {
        var thoughts = SeededRandom(key: (seed, 1))
        for _ in 0..<Self.mostBotSteps {
            guard outcome == nil, try !isEnough(self) else { return }
            let hasMoved = try moveBots(&thoughts)
            if engine.isTicking { _ = try advanceToNextEvent() } else if !hasMoved { return }
        }
        throw GameFault(G.self, .progress, "bots played \(Self.mostBotSteps) steps and came to no end")
    }

    private mutating func moveBots(_ thoughts: inout SeededRandom) throws -> Bool {
        var hasMoved = false
        for seat in engine.botsToMove where toMove.contains(seat) {
            guard let move = engine.botMove(seat, random: &thoughts) else { continue }
            do {
                try play(move, by: seat)
            } catch let refusal as Refusal {
                throw GameFault(G.self, .bots, "\(move) on seat \(seat.rawValue) was refused: \(refusal.reason)")
            }
            hasMoved = true
        }
        return hasMoved
    }
}
