internal import GameKitProtocol
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Coming, coming back and going.
extension Shard {
    // MARK: Joining

    func join(_ order: JoinOrder, _ room: LiveRoom) {
        defer { if order.isPromised { say(.toRooms(.settled(room.id)), about: room) } }
        let answer = Answer(sender: order.sender, id: order.id, type: "join_room_result", settles: .entrance)
        let client = order.sender.client
        let here = room.audience[order.sender.connection]
        let facts = room.room.facts()
        let ofUser = order.join.isSpectator ? nil : order.sender.user.flatMap { facts.seat(ofUser: $0.rawValue) }
        let seat = facts.seat(of: client.rawValue) ?? ofUser
        guard seat != nil || order.isInvited || room.header.visibility != .invited else {
            say(.toClients(.seatEnded(client, room.id, expired: false)), about: room)
            return refuse(answer, .notInvited, in: room)
        }
        switch (order.join.isSpectator, seat) {
        case (true, let seat?): standUp(seat, order, answer, room)
        case (true, nil):
            guard here != nil || room.audience.spectatorCount < room.game.maxSpectators else {
                node.metrics.refused(.spectators)
                return refuse(answer, Problem(.roomFull, "There is no room for another spectator."), in: room)
            }
            let watcher = Audience.Member(
                sender: order.sender, playerId: here?.playerId ?? RandomText.readable(length: 10, from: node.entropy),
                name: order.join.name ?? here?.name ?? Limits.defaultName, seat: nil)
            enter(room, as: watcher, order, answer)
        case (false, let seat?):
            guard let occupant = facts.chairs[seat.rawValue] else { return }
            if occupant.holder != client.rawValue { apply(.takenOver(seat, by: client.rawValue), to: room) }
            let entered = Audience.Member(
                sender: order.sender, playerId: occupant.playerId, name: occupant.name, seat: seat)
            if !occupant.isConnected { apply(.back(seat), to: room) }
            enter(room, as: entered, order, answer)
        case (false, nil):
            sitDown(
                order, playerId: here?.playerId ?? RandomText.readable(length: 10, from: node.entropy), answer, room)
        }
    }

    private func sitDown(_ order: JoinOrder, playerId: String, _ answer: Answer, _ room: LiveRoom) {
        let name = order.join.name ?? room.audience[order.sender.connection]?.name ?? Limits.defaultName
        let newcomer = Newcomer(
            playerId: playerId, name: name, holder: order.sender.client.rawValue, user: order.sender.user?.rawValue)
        switch apply(.seated(newcomer, at: order.join.seat), to: room) {
        case .refused(let refusal):
            say(.toClients(.seatEnded(order.sender.client, room.id, expired: false)), about: room)
            refuse(answer, Problem(refusal), in: room)
        case .committed, .unchanged, .repeated:
            let seat = room.room.facts().seat(of: order.sender.client.rawValue)
            enter(
                room, as: Audience.Member(sender: order.sender, playerId: playerId, name: name, seat: seat), order,
                answer)
        case .broken: refuse(answer, .internal, in: room)
        }
    }

    /// A player who would rather watch: leaves the seat and stays.
    private func standUp(_ seat: Seat, _ order: JoinOrder, _ answer: Answer, _ room: LiveRoom) {
        let before = room.room.facts().chairs[seat.rawValue]
        guard case .committed = apply(.left(seat, .left), to: room) else {
            return refuse(answer, .internal, in: room)
        }
        let member = Audience.Member(
            sender: order.sender, playerId: before?.playerId ?? "", name: before?.name ?? Limits.defaultName, seat: nil)
        enter(room, as: member, order, answer)
    }

    /// Lets a connection into the room: its answer first, then the state, then whatever comes.
    private func enter(_ room: LiveRoom, as member: Audience.Member, _ order: JoinOrder, _ answer: Answer) {
        let isNew = room.audience[member.sender.connection] == nil
        place(member, in: room, sync: order.join.sync)
        var answer = answer
        let history = order.join.history
        answer.success = { [self] room, _, data in
            describe(room, for: member, in: &data)
            guard history > 0 else { return }
            let messages = room.messages
            data.set("events", array: room.room.events(0, history).map(messages.event))
            data.set("chat", room.chat.suffix(history)) { $0.write(to: &$1) }
        }
        say(answer, .unchanged, at: room.position(), in: room)
        showState(in: room, to: member)
        if isNew { say(.toClients(.entered(member.sender.client, game: room.header.gameType)), about: room) }
        spectatorsChanged(in: room)
    }

    private func place(_ member: Audience.Member, in room: LiveRoom, sync: SyncMode) {
        let wasHere = room.audience[member.sender.connection] != nil
        room.audience.add(member)
        let membership = Membership(
            seat: member.seat, sync: sync, gameType: room.header.gameType,
            isRealTime: room.manifest.ticksPerSecond > 0 && member.seat != nil)
        say(.entered(member.sender.connection, room.id, membership, wasHere: wasHere), about: room)
    }

    // MARK: Coming back

    func rejoin(_ request: ReturnRequest, _ room: LiveRoom) {
        var sender = request.sender
        let facts = room.room.facts()
        guard let seat = facts.seat(of: sender.client.rawValue), let occupant = facts.chairs[seat.rawValue] else {
            if request.isAnswered { refuseReturn(request, room) }
            return say(.toClients(.returned(sender, to: room.id, holdsSeat: false)), about: room)
        }
        // A user's seat is no seat to anybody else, whatever they know; and whose session it is stays as it is.
        guard occupant.user == nil || occupant.user == sender.user?.rawValue else {
            if request.isAnswered { refuseReturn(request, room) }
            return say(.toClients(.unanswered(sender)), about: room)
        }
        sender.user = occupant.user.map(UserKey.init)
        if let old = room.audience.connection(at: seat), old != sender.connection {
            room.audience.remove(old)
            deliver(.left(room.id), to: old, about: room)
            say(.toClients(.left(game: room.header.gameType)), about: room)
        }
        if !occupant.isConnected { apply(.back(seat), to: room) }

        let member = Audience.Member(
            sender: sender, playerId: occupant.playerId, name: occupant.name, seat: seat)
        deliver(.became(sender.client, sender.user), to: sender.connection, about: room)
        place(member, in: room, sync: request.sync)
        if request.isAnswered { answerReturn(request, member, room) }
        showState(in: room, to: member)
        say(.toClients(.entered(sender.client, game: room.header.gameType)), about: room)
        say(.toClients(.returned(sender, to: room.id, holdsSeat: true)), about: room)
    }

    private func answerReturn(_ request: ReturnRequest, _ member: Audience.Member, _ room: LiveRoom) {
        let status = room.room.status()
        let missed = missedEvents(since: request.last, status.seq, room)
        var answer = Answer(sender: request.sender, id: request.id, type: "reconnect_result", settles: .nothing)
        answer.success = { [self] room, _, data in
            describe(room, for: member, in: &data)
            data.set("clientId", request.clientId)
            data.set("recovered", missed.events != nil)
            guard missed.events == nil else { return }
            if let gone = missed.gone { data.set("missed", gone) } else { data.set("missed", null: ()) }
        }
        say(answer, .unchanged, at: room.position(), in: room)
        let messages = room.messages
        for event in missed.events ?? [] {
            deliver(.message(Frame.text(messages.event(event))), to: request.sender.connection, about: room)
        }
    }

    /// What a client has missed: the events, if all of them are still there, else how many are gone, if that is known.
    private func missedEvents(
        since last: LastSeen?, _ seq: UInt64, _ room: LiveRoom
    ) -> (events: [NumberedEvent]?, gone: UInt64?) {
        guard let last, last.epoch ?? room.epoch == room.epoch, last.seq <= seq else { return (nil, nil) }
        let events = room.room.events(last.seq, .max)
        let missed = seq - last.seq
        return UInt64(events.count) == missed ? (events, nil) : (nil, missed)
    }

    private func refuseReturn(_ request: ReturnRequest, _ room: LiveRoom) {
        let expired = room.expired[request.sender.client.rawValue]
        let isTheirs = expired?.user == nil || expired?.user == request.sender.user?.rawValue
        let isRecent = expired.map { isTheirs && loop.now - $0.at < TimeAmount(Limits.expiredSeatMemory) } ?? false
        let wasHere = isRecent || request.wasExpired
        let answer = Answer(
            sender: request.sender, id: request.id, type: "reconnect_result", settles: wasHere ? .nothing : .guess)
        refuse(answer, wasHere ? .sessionExpired : .sessionNotFound, in: room)
    }

    /// Somebody who is in the room by its record though nobody knows the connection: the step that let them out was lost.
    func readmit(_ sender: Sender, to room: LiveRoom) -> Audience.Member? {
        let facts = room.room.facts()
        guard let seat = facts.seat(of: sender.client.rawValue), room.audience.connection(at: seat) == nil,
            let occupant = facts.chairs[seat.rawValue]
        else { return nil }
        let member = Audience.Member(sender: sender, playerId: occupant.playerId, name: occupant.name, seat: seat)
        room.audience.add(member)
        apply(.back(seat), to: room)
        return member
    }

    // MARK: Going

    func disconnected(_ connection: ConnectionID, _ id: RoomID) {
        switch slots[id] {
        case .live(let room):
            guard let member = room.audience.remove(connection) else { return }
            say(.toClients(.left(game: room.header.gameType)), about: room)
            if let seat = member.seat { apply(.away(seat), to: room) } else { spectatorsChanged(in: room) }
        case .loading(var loading):
            loading.audience.remove(connection)
            slots[id] = .loading(loading)
        case .closing, nil: break
        }
    }

    /// A seat was given up. Who held it is out of the room, and no longer told of it.
    func depart(_ departure: Commit.Departure, from room: LiveRoom) {
        guard let holder = departure.holder else { return }
        if departure.reason == .expired { room.expired[holder] = .init(at: loop.now, user: departure.user) }
        let client = ClientKey(rawValue: holder)
        say(
            .toClients(.seatEnded(client, room.id, expired: departure.reason == .expired)), about: room)
        guard let connection = room.audience.connection(at: departure.seat) else { return }
        room.audience.remove(connection)
        say(.toClients(.left(game: room.header.gameType)), about: room)
        guard departure.reason == .kicked else { return }
        deliver(.message(Frame.text(room.messages.closed(.kicked))), to: connection, about: room)
        deliver(.kicked(room.id), to: connection, about: room)
    }

    /// A seat's player goes on as another client: the one before is active elsewhere, and its session opens nothing here.
    func handOver(_ handover: Commit.Handover, in room: LiveRoom) {
        if let holder = handover.from {
            say(.toClients(.seatEnded(ClientKey(rawValue: holder), room.id, expired: false)), about: room)
        }
        guard let connection = room.audience.connection(at: handover.seat) else { return }
        room.audience.remove(connection)
        say(.toClients(.left(game: room.header.gameType)), about: room)
        deliver(.left(room.id), to: connection, about: room)
        deliver(.close(.replaced), to: connection, about: room)
    }

    func spectatorsChanged(in room: LiveRoom) {
        guard room.audience.spectatorCount != room.spectatorsTold, room.tellSpectatorsAt == nil else { return }
        let tellAt = loop.now + Limits.spectatorsInterval
        room.tellSpectatorsAt = tellAt
        wake(room, at: tellAt)
    }

    // MARK: Describing

    /// The data of a join's or a return's answer.
    private func describe(_ room: LiveRoom, for member: Audience.Member, in data: inout JSONObject) {
        data.set("gameType", room.header.gameType)
        data.set("role", member.seat == nil ? "spectator" : "player")
        data.set("seat", member.seat?.rawValue)
        data.set("playerId", member.playerId)
        data.set("phase", room.room.status().phase.rawValue)
        data.set("graceSeconds", room.game.rules.grace.secondsRoundedUp)
        describeSeats(of: room, in: &data)
        let facts = room.room.facts()
        data.set("host", facts.host?.rawValue)
        data.set("locked", facts.isLocked)
        data.set("spectators", room.audience.spectatorCount)
        data.set("url", node.playURL(gameType: room.header.gameType, room: room.id))
    }

    func describeSeats(of room: LiveRoom, in data: inout JSONObject) {
        let facts = room.room.facts()
        let now = room.room.now()
        let waits = room.manifest.start == .whenAllReady && room.room.status().phase == .waiting
        data.set("seats", facts.chairs.indices.filter { facts.chairs[$0] != nil }) { index, seat in
            guard let occupant = facts.chairs[index] else { return }
            seat.set("seat", index)
            seat.set("playerId", occupant.playerId)
            seat.set("name", occupant.name)
            seat.set("connected", occupant.isConnected)
            seat.set("bot", occupant.isBot)
            if waits { seat.set("ready", occupant.isBot || occupant.isReady) }
            seat.set("graceMs", facts.graceEnds[index].map { max(0, ($0 - now).milliseconds) })
        }
    }

    func peek(_ room: LiveRoom, _ promise: EventLoopPromise<RoomPeek?>) {
        // Who knows a private room joins it; to everybody who only asks there is none.
        guard !room.header.isPrivate else { return promise.succeed(nil) }
        var object = JSONObject()
        room.makeRow(room.room.facts()).write(to: &object)
        describeSeats(of: room, in: &object)
        let view = try? note.during(.view, in: room) { () throws in try room.room.view(.spectator) }
        object.set("view", json: view ?? nil)
        say(.peeked(promise, RoomPeek(json: object.closed())), about: room)
    }
}
