internal import JSONCoding
public import GameKitProtocol

/// The round: its start, its moves and ticks, its end.
extension RoomEngine {
    /// - Returns: the receipt of the same move, if it was applied before.
    @inlinable
    mutating func play(
        _ move: G.Move, by seat: Seat, id: MoveID?, _ step: inout Step
    ) throws(RoomRefusal) -> MoveReceipt? {
        guard let occupant = occupant(seat) else { throw .notAPlayer }
        let content = try id.map { _ throws(RoomRefusal) in try digest(of: move) } ?? 0
        if let id, let receipt = occupant.receipts[id.rawValue] {
            guard receipt.content == content else { throw .idReused }
            return receipt
        }
        switch snapshot.phase {
        case .waiting: throw .notStarted
        case .paused: throw .paused
        case .finished: throw .gameOver
        case .playing: break
        }
        guard let round = snapshot.round, round.inPlay.contains(seat) else { throw .notAPlayer }
        guard round.toMove.contains(seat) else { throw .moveRefused(.notYourTurn) }
        do throws(Refusal) {
            try call(&step) { game, table throws(Refusal) in try game.play(move, by: seat, at: &table) }
        } catch {
            throw .moveRefused(error)
        }
        if let id {
            snapshot.occupants[seat]?.receipts.add(
                MoveReceipt(id: id.rawValue, content: content, version: step.commit.version, at: step.now))
        }
        snapshot.round?.turnOf = []
        snapshot.round?.turnEnds = nil
        snapshot.round?.ticksUnseen = 0
        conclude(&step)
        return nil
    }

    @inlinable
    mutating func tick(_ step: inout Step) throws(RoomRefusal) {
        guard snapshot.phase == .playing else { throw .paused }
        call(&step) { game, table in game.tick(at: &table) }
        conclude(&step)
        let unseen = (snapshot.round?.ticksUnseen ?? 0) + 1
        let isDue =
            !step.commit.messages.isEmpty || unseen * G.manifest.statesPerSecond >= G.manifest.ticksPerSecond
        step.showState(isDue)
        snapshot.round?.ticksUnseen = isDue ? 0 : unseen
    }

    @usableFromInline
    mutating func startWhenReady(_ step: inout Step) {
        let isReady =
            switch G.manifest.start {
            case .whenFull: taken.count == seats.count
            case .whenAllReady:
                taken.count >= snapshot.minSeats
                    && taken.allSatisfy { occupant($0).map { $0.isBot || $0.isReady } ?? false }
            }
        if isReady && !people.isEmpty { start(&step) }
    }

    @usableFromInline
    mutating func start(_ step: inout Step) {
        let previous = snapshot.round
        let number = (previous?.number ?? 0) + 1
        var table = GameTable<G>(
            options: snapshot.options, chairs: chairs, now: step.now,
            random: snapshot.seed.source(ofRound: number))
        let game = G(at: &table, after: previous?.game)
        snapshot.round = Round(
            number: number, game: game, random: table.random, participants: SeatSet(taken))
        snapshot.phase = .playing
        snapshot.outcome = nil
        snapshot.finishedSince = nil
        for seat in taken {
            snapshot.occupants[seat]?.hasVoted = false
            snapshot.occupants[seat]?.isReady = false
        }
        tell(.gameStarted(round: number), &step)
        carryOut(table.requests, &step)
        conclude(&step)
        pauseIfSomebodyIsAway(&step)
    }

    /// Calls the game on copies and keeps them only if it does not throw; then does what it asked for.
    @inlinable
    mutating func call<Failure: Error>(
        _ step: inout Step, _ body: (inout G, inout GameTable<G>) throws(Failure) -> Void
    ) throws(Failure) {
        guard let round = snapshot.round else { return }
        var game = round.game
        var table = GameTable<G>(
            options: snapshot.options, chairs: chairs, now: round.clock(at: step.now), random: round.random)
        try body(&game, &table)
        snapshot.round?.game = game
        snapshot.round?.random = table.random
        carryOut(table.requests, &step)
    }

    /// Takes a seat out of the round for good. ``conclude(_:)`` must follow.
    @usableFromInline
    mutating func takeOut(_ seat: Seat, _ step: inout Step) {
        guard isInPlay(seat) else { return }
        snapshot.round?.out.insert(seat)
        call(&step) { game, table in game.left(seat, at: &table) }
    }

    /// Ends the round if it is over, else sees to the turn timer. After every call of the game.
    @inlinable
    mutating func conclude(_ step: inout Step) {
        guard snapshot.phase == .playing || snapshot.phase == .paused, let out = snapshot.round?.out else { return }
        let outcome = snapshot.round?.game.outcome
        if !out.isEmpty, let rest = snapshot.round?.inPlay, rest.count <= 1 {
            return end(rest.first.map { .forfeited(to: $0, scores: outcome?.scores) } ?? .abandoned, &step)
        }
        if let outcome { return end(outcome, &step) }

        let toMove = snapshot.round?.toMove ?? []
        guard let turnOf = snapshot.round?.turnOf, turnOf != toMove else { return }
        let limit = toMove.isEmpty ? nil : snapshot.rules.turnLimit
        snapshot.round?.turnOf = toMove
        // That one who was asked too has left gives the others no more time.
        guard toMove.isEmpty || !toMove.subtracting(turnOf).isEmpty else { return }
        let clock = snapshot.round?.clock(at: step.now)
        snapshot.round?.turnEnds = limit.flatMap { limit in clock.map { $0 + limit } }
    }

    @inlinable
    func isInPlay(_ seat: Seat) -> Bool {
        snapshot.phase != .finished && snapshot.round?.inPlay.contains(seat) ?? false
    }

    @usableFromInline
    mutating func end(_ outcome: Outcome, _ step: inout Step) {
        snapshot.phase = .finished
        snapshot.outcome = outcome
        snapshot.finishedSince = step.now
        snapshot.round?.timers = []
        snapshot.round?.turnOf = []
        snapshot.round?.turnEnds = nil
        snapshot.round?.pausedSince = nil
        for seat in people {
            guard let graceEnds = occupant(seat)?.graceEnds else { continue }
            snapshot.occupants[seat]?.graceEnds = min(graceEnds, step.now + RoomRules.idleGrace)
        }
        tell(.gameEnded(outcome), &step)
    }

    @inlinable
    mutating func carryOut(_ requests: [GameTable<G>.Request], _ step: inout Step) {
        for request in requests {
            switch request {
            case .tell(let event): if let text = text(of: event, &step) { tell(.game(text), &step) }
            case .hint(let event): if let text = text(of: event, &step) { step.tell(.hint(text)) }
            case .whisper(let event, let seat):
                if let text = text(of: event, &step) { step.tell(.whisper(text, to: seat)) }
            case .start(let name, let at):
                snapshot.round?.timers.removeAll { $0.name == name }
                snapshot.round?.timers.append(.init(name: name, at: at))
            case .stop(let name): snapshot.round?.timers.removeAll { $0.name == name }
            case .forfeit(let seat): takeOut(seat, &step)
            }
        }
    }

    @usableFromInline
    func text(of event: G.Event, _ step: inout Step) -> String? {
        if let text = try? EventText.encode(event) { return text }
        step.fault = "an event is no enum, or holds a number that JSON does not have"
        return nil
    }

    @usableFromInline
    func digest(of move: G.Move) throws(RoomRefusal) -> UInt64 {
        guard let bytes = try? CanonicalJSON.encode(move) else { throw .moveRefused(.badMove) }
        return Digest.of(bytes)
    }
}
