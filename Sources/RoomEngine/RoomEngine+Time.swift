public import GameKitProtocol

/// Deadlines, and the pause that stops a round's clock.
extension RoomEngine {
    /// What can be due. In this order when several are at once.
    @usableFromInline
    enum Deadline {
        case grace(Seat)
        case timer(Round<G>.Timer)
        case turn
    }

    /// How many deadlines one input may handle: a game that sets timers of no length must not hold its room for ever.
    private static var mostDeadlinesAtOnce: Int { 256 }

    /// When, in room time, the room wants to be told ``RoomInput/timePassed``.
    @inlinable public var nextDeadline: Duration? { firstDeadline?.at }

    @inlinable
    var firstDeadline: (deadline: Deadline, at: Duration)? {
        var first: (deadline: Deadline, at: Duration)?
        func consider(_ deadline: Deadline, _ at: Duration) {
            if first.map({ at < $0.at }) ?? true { first = (deadline, at) }
        }
        for index in snapshot.occupants.indices {
            if let graceEnds = snapshot.occupants[index]?.graceEnds { consider(.grace(Seat(index)), graceEnds) }
        }
        if snapshot.phase == .playing, let round = snapshot.round {
            for timer in round.timers { consider(.timer(timer), round.roomTime(of: timer.at)) }
            if let turnEnds = round.turnEnds { consider(.turn, round.roomTime(of: turnEnds)) }
        }
        return first
    }

    @usableFromInline
    mutating func passTime(_ step: inout Step) {
        step.isChange = false
        for _ in 0..<Self.mostDeadlinesAtOnce {
            guard let (deadline, at) = firstDeadline, at <= step.now else { return }
            step.isChange = true
            switch deadline {
            case .grace(let seat): try? leave(seat, .expired, &step)
            case .timer(let timer):
                snapshot.round?.timers.removeAll { $0.name == timer.name }
                call(&step) { game, table in game.timerFired(timer.name, at: &table) }
                conclude(&step)
            case .turn: endTurn(&step)
            }
        }
    }

    private mutating func endTurn(_ step: inout Step) {
        let late = snapshot.round?.toMove ?? []
        snapshot.round?.turnOf = []
        snapshot.round?.turnEnds = nil
        for seat in late where isInPlay(seat) { call(&step) { game, table in game.timedOut(seat, at: &table) } }
        conclude(&step)
    }

    mutating func pauseIfSomebodyIsAway(_ step: inout Step) {
        guard G.manifest.absence == .pauses, snapshot.phase == .playing, !isEverybodyBack else { return }
        snapshot.phase = .paused
        snapshot.round?.pausedSince = step.now
    }

    mutating func unpauseWhenAllAreBack(_ step: inout Step) {
        guard snapshot.phase == .paused, isEverybodyBack, let since = snapshot.round?.pausedSince else { return }
        snapshot.phase = .playing
        snapshot.round?.pausedFor += step.now - since
        snapshot.round?.pausedSince = nil
    }

    private var isEverybodyBack: Bool {
        (snapshot.round?.inPlay ?? []).allSatisfy { occupant($0)?.isConnected ?? true }
    }
}
