internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Rooms on their way out of the store: after a start, and after a commit was lost.
extension Shard {
    /// The room, if it is in memory; else it is fetched, and the message waits for it.
    func live(_ id: RoomID, or message: Message) -> LiveRoom? {
        switch slots[id] {
        case .live(let room): return room
        case .closing: refuse(message, .roomNotFound)
        case .loading(var loading):
            guard loading.waiting.count < Limits.waitingForRoom else {
                refuse(message, .storeUnavailable)
                break
            }
            loading.waiting.append(message)
            slots[id] = .loading(loading)
        case nil where node.traps.sentence.rooms.contains(id): refuse(message, .quarantined)
        case nil:
            slots[id] = .loading(Loading(waiting: [message]))
            fetch(id)
        }
        return nil
    }

    private func fetch(_ id: RoomID) {
        store.claim(id) { [self] result in post(.claimed(id, result)) }
    }

    /// Lets go of what a room is in memory, because that rests on a batch that is lost; who is in it stays in it, and it
    /// is fetched again.
    func forget(_ id: RoomID, lost batch: Int) {
        let lost: LiveRoom
        switch slots[id] {
        case .live(let room):
            ticker.remove(room)
            node.metrics.roomClosed(room.header.gameType)
            lost = room
        case .closing(let room):
            closings.removeAll { $0 === room }
            lost = room
        case .loading, nil: return
        }
        slots[id] = .loading(Loading(audience: lost.audience, chat: lost.chat, told: lost.told(before: batch)))
        fetch(id)
    }

    func claimed(_ id: RoomID, _ result: Result<StoredRoom?, StoreError>) {
        guard case .loading(let loading) = slots[id] else { return }
        switch result {
        case .success(let stored?):
            do throws(LoadFault) {
                let room = try load(stored)
                room.audience = loading.audience
                room.chat = loading.chat
                enter(room, loading)
            } catch {
                node.logger.error(
                    "room cannot be loaded", metadata: ["room.id": "\(id)", "why": "\(error.description)"])
                if case .rulesChanged = error {
                    removeFromStore(stored)
                    return give(up: id, .roomNotFound, loading, reason: .rulesChanged)
                }
                give(up: id, error.isOfGame ? .switchedOff : .internal, loading)
            }
        case .success(nil): give(up: id, loading.told != nil ? .storeUnavailable : .roomNotFound, loading)
        case .failure(let error) where error.code == .unavailable:
            for message in loading.waiting { refuse(message, .storeUnavailable) }
            guard !loading.audience.isEmpty else { return slots[id] = nil }
            var rest = loading
            rest.waiting = []
            slots[id] = .loading(rest)
            loop.scheduleTask(in: Limits.storeRetry) { [self] in assumeIsolated { $0.fetch(id) } }
        case .failure(let error):
            node.logger.error("room cannot be loaded", metadata: ["room.id": "\(id)", "why": "\(error)"])
            give(up: id, .internal, loading)
        }
    }

    /// Plays a stored room to where it stood.
    private func load(_ stored: StoredRoom) throws(LoadFault) -> LiveRoom {
        let header = stored.header
        guard let game = node.games[header.gameType] else { throw .unknownGame }
        guard let state = StoredState(stored.snapshot) else { throw .unreadable }
        let isMigrated = state.rulesVersion != game.entry.manifest.rulesVersion
        // Inputs that other rules have judged mean nothing under these.
        guard !isMigrated || stored.inputs.isEmpty else { throw .rulesChanged }
        let room: AnyRoom
        do {
            room = try note.during(.restore, of: header, game) { () throws in
                try game.entry.restoreRoom(state.room, state.rulesVersion)
            }
        } catch {
            throw isMigrated ? .rulesChanged : .unreadable
        }
        if let fingerprint = state.fingerprint, !isMigrated {
            guard note.during(.restore, of: header, game, { room.fingerprint() }) == fingerprint else {
                throw .replay(.anotherState, version: stored.snapshotVersion)
            }
        }
        for (index, input) in stored.inputs.enumerated() {
            do throws(ReplayFault) {
                _ = try note.during(.replay, of: header, game, entry: input) { () throws(ReplayFault) in
                    try room.replay(input)
                }
            } catch {
                throw .replay(error, version: stored.snapshotVersion + UInt64(index) + 1)
            }
        }
        let options = note.during(.options, of: header, game) { state.options(of: game) }
        let live = LiveRoom(
            header: header, game: game, options: options, room: room, term: stored.term,
            epoch: state.isSettled ? stored.epoch : stored.epoch + 1, now: loop.now, wallClock: node.wallClock(),
            entropy: node.entropy)
        live.inputsSinceSnapshot = stored.inputs.count
        live.tape = Tape(ticks: state.ticks)
        live.committedVersion = stored.version
        live.isMigrated = isMigrated
        live.isBehind = !state.isSettled
        return live
    }

    /// A room is in memory again, and those who waited for it are heard.
    private func enter(_ room: LiveRoom, _ loading: Loading) {
        slots[room.id] = .live(room)
        node.metrics.roomOpened(room.header.gameType)
        node.rooms.post(.found(room.header))
        guard storeOnEntering(room) else {
            for message in loading.waiting { refuse(message, .internal) }
            return
        }
        // What was stored after all, though it seemed lost, was not told.
        if let told = loading.told, !room.isBehind {
            for event in room.room.events(told, .max) {
                deliverToAll(.message(Frame.text(room.messages.event(event))), in: room)
            }
        }
        reconcile(room)
        updateRow(of: room)
        showState(in: room)
        for message in loading.waiting { handle(message) }
        if case .live = slots[room.id] { lookAhead(room, at: loop.now) }
    }

    /// Stores a room that is not what was stored: under newer rules, or in a new epoch, which must not be told twice for
    /// two histories.
    /// - Returns: false when the room cannot go on, and was closed.
    private func storeOnEntering(_ room: LiveRoom) -> Bool {
        if room.isMigrated {
            guard let state = snapshot(of: room) else { return false }
            room.inputsSinceSnapshot = 0
            commit(.migrated(state), of: room)
        }
        switch room.game.durability {
        case .everyInput: return true
        case .periodic:
            room.isDirty = true
            return storeSnapshot(of: room, isLandmark: true, at: loop.now)
        case .none:
            // The operator wants it stored no longer.
            commit(.removed(archivedUntil: nil), of: room)
            return true
        }
    }

    /// Makes the record agree with who is connected.
    private func reconcile(_ room: LiveRoom) {
        guard !room.audience.isEmpty else {
            apply(.resumed, to: room)
            return
        }
        for (index, occupant) in room.room.facts().chairs.enumerated() {
            guard let occupant, !occupant.isBot else { continue }
            let isHere = room.audience.connection(at: Seat(index)) != nil
            if isHere != occupant.isConnected { apply(isHere ? .back(Seat(index)) : .away(Seat(index)), to: room) }
        }
    }

    private func give(up id: RoomID, _ problem: Problem, _ loading: Loading, reason: CloseReason = .lost) {
        slots[id] = nil
        node.rooms.post(.removed(id))
        for message in loading.waiting { refuse(message, problem) }
        let frame = Frame.text(RoomMessages(room: id, epoch: 1).closed(reason))
        for delivery in [.message(frame), .left(id)] as [Delivery] {
            loading.audience.forEachParcel(of: delivery, from: id) { outgoing.append(.parcel(loop: $0, $1)) }
        }
    }

    /// Its archive stays for the developer, who has the rules it was played by.
    private func removeFromStore(_ stored: StoredRoom) {
        let game = node.games[stored.header.gameType]
        let keptUntil = game.map { node.wallClock() + $0.replayTime.milliseconds }
        gate.commit(
            RoomCommit(
                room: stored.header.id, term: stored.term, epoch: stored.epoch, version: stored.version,
                change: .removed(archivedUntil: keptUntil)))
    }

    // MARK: Refusing

    /// Answers a message whose room is not to be had.
    func refuse(_ message: Message, _ problem: Problem) {
        switch message {
        case .request(let id, let request, let sender):
            let problem = problem == .roomNotFound ? .notInRoom : problem
            let settles: Settled = if case .move = request.command { .move(id) } else { .request(id) }
            let text = ServerMessage.failure(request.command.resultType, id: request.id, room: id, problem)
            answer(sender, text, settles)
        case .join(let id, let order):
            if order.isPromised { node.rooms.post(.settled(id)) }
            let problem = order.isFirst && problem == .roomNotFound ? .storeUnavailable : problem
            let text = ServerMessage.failure("join_room_result", id: order.id, room: id, problem)
            answer(order.sender, text, .entrance)
            if problem == .roomNotFound { node.clients.post(.seatEnded(order.sender.client, id, expired: false)) }
        case .rejoin(let id, let request):
            if request.isAnswered {
                if problem == .quarantined {
                    let closed = RoomMessages(room: id, epoch: 1).closed(.quarantined)
                    answer(request.sender, closed, .nothing)
                }
                let isGone = problem == .roomNotFound
                let problem: Problem = isGone ? (request.wasExpired ? .sessionExpired : .sessionNotFound) : problem
                let text = ServerMessage.failure("reconnect_result", id: request.id, room: id, problem)
                answer(request.sender, text, problem == .sessionNotFound ? .guess : .nothing)
            }
            let stillHolds = problem == .storeUnavailable || problem == .draining
            node.clients.post(
                stillHolds ? .unanswered(request.sender) : .returned(request.sender, to: id, holdsSeat: false))
        case .create(_, let promise): promise?.fail(problem)
        case .peek(_, let promise): promise.succeed(nil)
        case .wake(_, let promise), .confirm(_, let promise), .stop(let promise): promise.succeed()
        case .disconnected, .claimed, .stored: break
        }
    }

    private func answer(_ sender: Sender, _ text: [UInt8], _ settles: Settled) {
        let parcel = Parcel(to: .one(sender.connection), delivery: .answer(Frame.text(text), to: settles))
        outgoing.append(.parcel(loop: sender.connection.loop, parcel))
    }
}

/// Why a stored room does not come back.
private enum LoadFault: Error, CustomStringConvertible {
    case unknownGame
    case unreadable
    case rulesChanged
    case replay(ReplayFault, version: UInt64)

    /// Its game is not there, or not any more.
    var isOfGame: Bool { if case .unknownGame = self { true } else { false } }

    var description: String {
        switch self {
        case .unknownGame: "this server does not offer its game"
        case .unreadable: "its state cannot be read"
        case .rulesChanged: "its game has other rules now, and does not take it over"
        case .replay(let fault, let version): "its history does not lead where it led, at version \(version): \(fault)"
        }
    }
}
