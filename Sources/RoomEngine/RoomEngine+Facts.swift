public import GameKitProtocol

/// What a shard asks a room.
extension RoomEngine {
    @inlinable
    public var status: RoomStatus {
        let round = snapshot.round
        let turnEnds = snapshot.phase == .playing ? round?.turnEnds : nil
        return RoomStatus(
            phase: snapshot.phase, version: snapshot.version, seq: snapshot.history.seq,
            turnEnds: turnEnds.flatMap { ends in round?.roomTime(of: ends) },
            pauseEnds: snapshot.phase == .paused ? snapshot.occupants.compactMap { $0?.graceEnds }.min() : nil,
            outcome: snapshot.outcome, emptySince: snapshot.emptySince, finishedSince: snapshot.finishedSince)
    }

    @inlinable
    public var facts: RoomFacts {
        RoomFacts(
            chairs: snapshot.occupants, graceEnds: snapshot.occupants.map { $0?.graceEnds },
            host: people.min { (occupant($0)?.since ?? 0) < (occupant($1)?.since ?? 0) },
            isLocked: snapshot.isLocked, votes: votes, votesNeeded: people.count,
            minSeats: snapshot.minSeats)
    }

    /// The newest room time that the room was told.
    @inlinable public var now: Duration { snapshot.now }

    /// Whether ``RoomInput/ticked`` is wanted now.
    @inlinable public var isTicking: Bool { G.manifest.ticksPerSecond > 0 && snapshot.phase == .playing }

    /// Whose move the round waits for.
    @inlinable package var toMove: SeatSet { snapshot.phase == .playing ? snapshot.round?.toMove ?? [] : [] }

    /// The bots whose move the round waits for.
    @inlinable public var botsToMove: SeatSet { SeatSet(toMove.filter { occupant($0)?.isBot ?? false }) }

    /// What the bot on a seat wants to do; nil when there is no bot or it wants nothing now.
    public func botMove(_ seat: Seat, random: inout SeededRandom) -> G.Move? {
        guard let level = occupant(seat)?.level, let view = view(for: .seat(seat)) else { return nil }
        return G.choose(for: seat, seeing: view, level: level, random: &random)
    }

    /// The kept events after `seq`, oldest first, at most `limit` of the newest.
    public func events(after seq: UInt64, limit: Int = .max) -> [NumberedEvent] {
        let age = snapshot.rules.historyAge
        return snapshot.history.events(after: seq, age: age, now: snapshot.now).suffix(limit)
    }
}

/// What the tests of games look into.
extension RoomEngine {
    package var game: G? { snapshot.round?.game }

    /// The round's source of chance, which no view may show.
    package var random: SeededRandom? { snapshot.round?.random }
}
