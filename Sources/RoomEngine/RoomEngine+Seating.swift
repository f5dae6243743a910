public import GameKitProtocol

/// Who sits, who is away, who is ready, who wants another round.
extension RoomEngine {
    @usableFromInline
    mutating func seat(_ newcomer: Newcomer, at wanted: Seat?, _ step: inout Step) throws(RoomRefusal) {
        if newcomer.level != nil && !G.hasBot { throw .noBot }
        if isSeated(newcomer.holder, \.holder) || isSeated(newcomer.user, \.user) { return step.isChange = false }
        let seat = try freeSeat(wanted)
        switch snapshot.phase {
        case .waiting, .finished: break
        case .playing, .paused: if !G.manifest.lateSeats { throw .gameRunning }
        }
        if snapshot.isLocked { throw .forbidden("The host has locked the room.") }

        snapshot.occupants[seat] = Occupant(newcomer, since: step.commit.version)
        snapshot.emptySince = people.isEmpty ? snapshot.emptySince : nil
        updateChairs()
        tell(
            .playerJoined(
                seat: seat, playerId: newcomer.playerId, name: newcomer.name, isBot: newcomer.level != nil), &step)
        switch snapshot.phase {
        case .waiting: startWhenReady(&step)
        case .finished: voidVotes()
        case .playing, .paused:
            snapshot.round?.participants.insert(seat)
            snapshot.round?.out.remove(seat)
            call(&step) { game, table in game.seated(seat, at: &table) }
            conclude(&step)
        }
    }

    @usableFromInline
    mutating func leave(_ seat: Seat, _ reason: LeaveReason, _ step: inout Step) throws(RoomRefusal) {
        guard let occupant = occupant(seat) else { throw .notAPlayer }
        snapshot.occupants[seat] = nil
        if people.isEmpty { snapshot.emptySince = snapshot.emptySince ?? step.now }
        updateChairs()
        step.commit.departures.append(.init(seat: seat, holder: occupant.holder, user: occupant.user, reason: reason))
        tell(
            .playerLeft(
                seat: seat, playerId: occupant.playerId, name: occupant.name, isBot: occupant.isBot, reason: reason),
            &step)
        switch snapshot.phase {
        case .waiting: startWhenReady(&step)
        case .finished: voidVotes()
        case .playing, .paused:
            takeOut(seat, &step)
            conclude(&step)
            unpauseWhenAllAreBack(&step)
        }
    }

    /// The same person goes on as another client. To the game, and to everybody else, nothing happens.
    @usableFromInline
    mutating func takeOver(_ seat: Seat, by holder: String?, _ step: inout Step) throws(RoomRefusal) {
        guard let occupant = occupant(seat), !occupant.isBot else { throw .notAPlayer }
        guard !isSeated(holder, \.holder) else { return step.isChange = false }
        step.commit.handover = .init(seat: seat, from: occupant.holder)
        snapshot.occupants[seat]?.hold(by: holder)
    }

    private func isSeated(_ identity: String?, _ path: KeyPath<Occupant, String?>) -> Bool {
        identity != nil && seats.contains { occupant($0)?[keyPath: path] == identity }
    }

    @usableFromInline
    mutating func disconnect(_ seat: Seat, _ step: inout Step) throws(RoomRefusal) {
        guard let occupant = occupant(seat), !occupant.isBot else { throw .notAPlayer }
        guard occupant.isConnected else { return step.isChange = false }
        let grace = graceNow
        snapshot.occupants[seat]?.isConnected = false
        snapshot.occupants[seat]?.graceEnds = step.now + grace
        updateChairs()
        tell(.playerDisconnected(seat: seat, playerId: occupant.playerId, grace: grace), &step)
        guard isInPlay(seat) else { return }
        call(&step) { game, table in game.away(seat, at: &table) }
        conclude(&step)
        pauseIfSomebodyIsAway(&step)
    }

    @usableFromInline
    mutating func reconnect(_ seat: Seat, _ step: inout Step) throws(RoomRefusal) {
        guard let occupant = occupant(seat), !occupant.isBot else { throw .notAPlayer }
        guard !occupant.isConnected else { return step.isChange = false }
        snapshot.occupants[seat]?.isConnected = true
        snapshot.occupants[seat]?.graceEnds = nil
        updateChairs()
        tell(.playerReconnected(seat: seat, playerId: occupant.playerId), &step)
        guard isInPlay(seat) else { return }
        call(&step) { game, table in game.back(seat, at: &table) }
        conclude(&step)
        // The game may have taken out the last one who was away.
        unpauseWhenAllAreBack(&step)
    }

    @usableFromInline
    mutating func makeReady(_ seat: Seat, _ ready: Bool, _ step: inout Step) throws(RoomRefusal) {
        guard let occupant = occupant(seat), !occupant.isBot else { throw .notAPlayer }
        switch snapshot.phase {
        case .waiting: break
        case .playing, .paused: throw .gameRunning
        case .finished: throw .gameOver
        }
        guard G.manifest.start == .whenAllReady else { throw .forbidden("This game starts when every seat is taken.") }
        guard occupant.isReady != ready else { return step.isChange = false }
        snapshot.occupants[seat]?.isReady = ready
        tell(.readyChanged(seat: seat, ready: ready), &step)
        startWhenReady(&step)
    }

    @inlinable
    mutating func vote(_ seat: Seat, _ step: inout Step) throws(RoomRefusal) {
        guard let occupant = occupant(seat), !occupant.isBot else { throw .notAPlayer }
        switch snapshot.phase {
        case .waiting: throw .notStarted
        case .playing, .paused: throw .gameRunning
        case .finished: break
        }
        guard !occupant.hasVoted else { return step.isChange = false }
        snapshot.occupants[seat]?.hasVoted = true
        tell(.rematchVoted(seat: seat, votes: votes, needed: people.count), &step)
        if votes == people.count && taken.count >= snapshot.minSeats { start(&step) }
    }

    @usableFromInline
    mutating func lock(_ locked: Bool, _ step: inout Step) {
        step.isChange = snapshot.isLocked != locked
        snapshot.isLocked = locked
    }

    /// Nobody's connection outlives the server, so all are away; downtime counts against nobody.
    @usableFromInline
    mutating func resume(_ step: inout Step) {
        step.isChange = !people.isEmpty
        let graceEnds = step.now + graceNow
        for seat in people {
            guard let occupant = occupant(seat) else { continue }
            if occupant.isConnected {
                try? disconnect(seat, &step)
            } else {
                snapshot.occupants[seat]?.graceEnds = graceEnds
            }
        }
    }

    @inlinable var votes: Int { people.count { occupant($0)?.hasVoted ?? false } }

    var graceNow: Duration {
        switch snapshot.phase {
        case .waiting, .finished: min(snapshot.rules.grace, RoomRules.idleGrace)
        case .playing, .paused: snapshot.rules.grace
        }
    }

    private func freeSeat(_ wanted: Seat?) throws(RoomRefusal) -> Seat {
        guard let free = seats.first(where: { snapshot.occupants[$0] == nil }) else { throw .roomFull }
        guard let wanted else { return free }
        guard seats.contains(wanted), snapshot.occupants[wanted] == nil else { throw .seatTaken }
        return wanted
    }

    private mutating func voidVotes() {
        for seat in seats { snapshot.occupants[seat]?.hasVoted = false }
    }
}
