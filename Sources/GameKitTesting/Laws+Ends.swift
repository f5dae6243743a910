internal import GameKitProtocol
internal import RoomEngine

/// That no round hangs.
extension Laws {
    /// While a round goes on, somebody is to move, or it ticks, or a timer runs; and when it ends, it is won by seats
    /// that are still in it.
    public func progress() throws {
        try inEveryPlayout(under: .progress) { playout, _ in try checkProgress(of: playout.room) }
    }

    private func checkProgress(of room: TestRoom<G>, gone: SeatSet = [], under law: Law = .progress) throws {
        guard let outcome = room.outcome else {
            let canGoOn = !room.toMove.isEmpty || room.engine.isTicking || room.engine.nextDeadline != nil
            guard canGoOn else { throw fault(law, "everybody waits for ever: nobody is to move, and no timer runs") }
            return
        }
        guard outcome.kind == .won else { return }
        let seats = room.engine.facts.chairs.indices.map { Seat($0) }
        for winner in outcome.winners ?? [] where gone.contains(winner) || !seats.contains(winner) {
            throw fault(law, "seat \(winner.rawValue) won, but is not in the round")
        }
        guard outcome.winners?.isEmpty == false else { throw fault(law, "somebody won, but nobody is the winner") }
    }

    /// Whoever leaves, and whenever: the round goes on among the others or ends, and it has ended when one is left.
    public func leaving() throws {
        try inEveryPlayout(under: .leaving) { playout, step in
            guard step.isMultiple(of: Self.stride), playout.room.outcome == nil else { return }
            for first in playout.room.taken {
                var branch = playout
                var gone: SeatSet = []
                for seat in [first] + playout.room.taken.filter({ $0 != first }) where branch.room.outcome == nil {
                    // Whoever's grace ran out meanwhile has left already.
                    if branch.room.taken.contains(seat) { try branch.room.leave(seat) }
                    gone.insert(seat)
                    try checkProgress(of: branch.room, gone: gone, under: .leaving)
                    // A few steps for whoever is left.
                    for _ in 0..<2 where branch.room.phase == .playing { _ = try branch.step() }
                }
                guard branch.room.outcome != nil else {
                    throw fault(.leaving, "everybody has left, seat \(first.rawValue) first, and the round goes on")
                }
            }
        }
    }

    /// A round in which nobody does anything any more is ended by turn timers, and one whose players all lose their
    /// connection by the end of their grace. A game that ticks and has no turn limit may go on as long as somebody is
    /// there; any other is checked with the limit that an operator could set.
    public func stalling() throws {
        var rules = RoomRules(G.manifest)
        if G.manifest.ticksPerSecond == 0 { rules.turnLimit = rules.turnLimit ?? .seconds(30) }
        try inEveryPlayout(under: .stalling, rules: rules) { playout, step in
            guard step.isMultiple(of: Self.stride), playout.room.outcome == nil else { return }
            if rules.turnLimit != nil { try waitForEnd(playout.room) }
            try checkAbsence(playout.room, grace: rules.grace)
        }
    }

    private func waitForEnd(_ stalled: TestRoom<G>) throws {
        var room = stalled
        for _ in 0..<Self.mostWaits where room.outcome == nil {
            guard try room.advanceToNextEvent() else {
                throw fault(.stalling, "everybody waits for ever: no timer runs")
            }
        }
        guard room.outcome != nil else {
            throw fault(.stalling, "\(Self.mostWaits) deadlines have passed without a move, and the round goes on")
        }
    }

    private func checkAbsence(_ stalled: TestRoom<G>, grace: Duration) throws {
        var room = stalled
        for seat in room.taken { try room.disconnect(seat) }
        try room.advance(by: grace)
        guard room.outcome != nil, room.taken.allSatisfy({ room.engine.facts.chairs[$0]?.isBot == true }) else {
            throw fault(.stalling, "everybody's connection was lost and grace is over, and the round goes on")
        }
    }

    /// At how many of the steps branches are tried, which cost many steps themselves.
    private static var stride: Int { 8 }
    private static var mostWaits: Int { 20_000 }
}
