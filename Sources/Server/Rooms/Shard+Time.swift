internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Ticks, deadlines, bots, and the end of rooms that nobody needs any more.
extension Shard {
    // MARK: Ticks

    /// Starts or stops a room's ticks, its bots' thinking and its next look, after anything has changed.
    /// - Parameter isQuiet: nothing was told, so nobody came or went and the room's end is where it was.
    func lookAhead(_ room: LiveRoom, at now: NIODeadline, isQuiet: Bool = false) {
        if room.room.isTicking() {
            if ticker.add(room, at: now) { scheduleTick() }
        } else {
            ticker.remove(room)
        }
        if room.botsMoveAt == nil, !room.room.botsToMove().isEmpty {
            room.botsMoveAt = now + (room.manifest.ticksPerSecond > 0 ? Limits.botReaction : Limits.botThinking)
        }
        if let next = nextLook(at: room, isQuiet: isQuiet) { wake(room, at: next) }
    }

    private func scheduleTick() {
        loop.scheduleTask(deadline: ticker.next) { [self] in assumeIsolated { $0.tick() } }
    }

    private func tick() {
        let now = loop.now
        for room in ticker.turn(at: now) { tick(room, at: now) }
        if !ticker.mayRest() { scheduleTick() }
        endPass()
    }

    private func tick(_ room: LiveRoom, at now: NIODeadline) {
        let period = TimeAmount.nanoseconds(1_000_000_000 / Int64(room.manifest.ticksPerSecond))
        if let next = room.nextTick, now - next > Limits.mostTicksBehind { room.nextTick = now }
        while let next = room.nextTick, next <= now {
            room.nextTick = next + period
            let time = room.time(at: next)
            guard room.game.durability != .everyInput else {
                let applied = note.during(.tick, in: room) { room.room.apply(.ticked, time, true) }
                finish(applied.verdict, logEntry: applied.logEntry, in: room, at: now)
                continue
            }
            let verdict = note.during(.tick, in: room) { room.room.tick(time) }
            if room.isLogging, case .committed = verdict { room.tape.ticked(at: time, every: Duration(period)) }
            finish(verdict, logEntry: nil, in: room, at: now)
        }
    }

    // MARK: Deadlines

    func wake(_ room: LiveRoom, at deadline: NIODeadline) {
        if let wakeAt = room.wakeAt, wakeAt <= deadline { return }
        room.wakeAt = deadline
        alarm.add(room.id, at: deadline)
    }

    /// Sets the shard's timer to the earliest deadline of all its rooms.
    func setAlarm() {
        guard alarm.earliest != alarm.isSetTo else { return }
        guard let earliest = alarm.earliest else { return alarm.set(nil, timer: nil) }
        let timer = loop.scheduleTask(deadline: earliest) { [self] in
            assumeIsolated { $0.ring() }
        }
        alarm.set(earliest, timer: timer)
    }

    private func ring() {
        let now = loop.now
        alarm.set(nil, timer: nil)
        guard !isStopping else { return }
        while let (id, at) = alarm.next(until: now) {
            guard case .live(let room) = slots[id], room.wakeAt == at else { continue }
            room.wakeAt = nil
            look(at: room, now)
        }
        endPass()
    }

    private func nextLook(at room: LiveRoom, isQuiet: Bool) -> NIODeadline? {
        var next = room.room.nextDeadline().map(room.deadline(of:))
        func consider(_ deadline: NIODeadline?) {
            if let deadline { next = min(next ?? deadline, deadline) }
        }
        consider(room.botsMoveAt)
        consider(room.tellSpectatorsAt)
        if room.isDirty { consider(room.nextSnapshot) }
        if !isQuiet { consider(end(of: room)?.at) }
        return next
    }

    /// Does what is due in a room.
    private func look(at room: LiveRoom, _ now: NIODeadline) {
        if let (end, reason) = end(of: room), end <= now { return close(room, reason) }
        if let deadline = room.room.nextDeadline(), room.deadline(of: deadline) <= now {
            apply(.timePassed, to: room, at: now)
        }
        if let botsMoveAt = room.botsMoveAt, botsMoveAt <= now {
            room.botsMoveAt = nil
            moveBots(in: room, at: now)
        }
        if let tellAt = room.tellSpectatorsAt, tellAt <= now { tellSpectators(in: room) }
        if room.isDirty, room.nextSnapshot <= now { storeSnapshot(of: room, isLandmark: false, at: now) }
        guard case .live = slots[room.id] else { return }
        lookAhead(room, at: now)
    }

    private func moveBots(in room: LiveRoom, at now: NIODeadline) {
        for seat in room.room.botsToMove() {
            let move = note.during(.bot, in: room) { room.room.botMove(seat, &room.botRandom) }
            guard let move else { continue }
            // A bot cannot see what it holds down already; saying it again would only be sent to everybody.
            guard !room.room.isTicking() || room.lastBotMoves.updateValue(move, forKey: seat) != move else { continue }
            apply(.moved(seat, move[...], id: nil), to: room, at: now)
        }
    }

    private func tellSpectators(in room: LiveRoom) {
        room.tellSpectatorsAt = nil
        guard room.audience.spectatorCount != room.spectatorsTold else { return }
        room.spectatorsTold = room.audience.spectatorCount
        let message = room.messages.spectatorsChanged(room.spectatorsTold)
        deliverToAll(.message(Frame.text(message)), in: room)
        updateRow(of: room)
    }

    // MARK: Ends

    /// When a room ends that goes on as it is, and why.
    private func end(of room: LiveRoom) -> (at: NIODeadline, reason: CloseReason)? {
        let status = room.room.status()
        if let empty = status.emptySince {
            let isUnused = status.version == 0
            let wait = isUnused ? Limits.neverEnteredRoom : Limits.emptyRoom
            return (room.deadline(of: empty + wait), isUnused ? .idle : .empty)
        }
        return status.finishedSince.map { (room.deadline(of: $0 + Limits.finishedRoom), .finished) }
    }

    /// Ends a room whose game broke what games are held to, and says so to its developer.
    func close(broken room: LiveRoom, _ why: String, answer: Answer?) {
        node.logger.error(
            "game broke its room",
            metadata: ["game.type": "\(room.header.gameType)", "room.id": "\(room.id)", "why": "\(why)"])
        if let answer { refuse(answer, .internal, in: room) }
        close(room, .quarantined)
    }

    func close(_ room: LiveRoom, _ reason: CloseReason) {
        guard case .live = slots[room.id] else { return }
        ticker.remove(room)
        if room.game.durability == .none {
            slots[room.id] = nil
        } else {
            remove(room)
        }
        node.metrics.roomClosed(room.header.gameType)
        deliverToAll(.message(Frame.text(room.messages.closed(reason))), in: room)
        deliverToAll(.left(room.id), in: room)
        for _ in 0..<room.audience.count {
            say(.toClients(.left(game: room.header.gameType)), about: room)
        }
        for case let occupant? in room.room.facts().chairs {
            guard let holder = occupant.holder else { continue }
            say(.toClients(.seatEnded(ClientKey(rawValue: holder), room.id, expired: false)), about: room)
        }
        say(.toRooms(.removed(room.id)), about: room)
    }

    // MARK: Lists

    /// Reports a room to lists, if they would show it differently.
    func updateRow(of room: LiveRoom) {
        let facts = room.room.facts()
        if !room.botLeases.isEmpty {
            let sitting = Set(facts.chairs.compactMap { $0?.playerId })
            room.botLeases = room.botLeases.filter { sitting.contains($0.key) }
        }
        let row = room.makeRow(facts)
        guard row.status != room.listed else { return }
        room.listed = row.status
        say(.toRooms(.changed(row)), about: room)
    }
}
