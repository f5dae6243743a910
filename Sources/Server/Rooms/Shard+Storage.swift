internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Rooms on their way into the store and out of it.
extension Shard {
    // MARK: Making

    func create(_ new: NewRoom, _ promise: EventLoopPromise<RoomID>?) {
        guard let game = node.games[new.header.gameType],
            let made = try? game.entry.makeRoom(new.options, game.rules, .unpredictable())
        else {
            promise?.fail(Problem.internal)
            return node.rooms.post(.removed(new.header.id))
        }
        let room = LiveRoom(
            header: new.header, game: game, options: new.options, room: made, term: 1, epoch: 1, now: .now(),
            wallClock: node.wallClock())
        slots[room.id] = .live(room)
        node.metrics.roomOpened(room.header.gameType)
        if let snapshot = snapshot(of: room, isSettled: false), game.durability != .none {
            commit(.created(room.header, snapshot: snapshot), of: room, version: 0)
        }
        if let promise { say(.made(promise, room.id), about: room) }
        updateRow(of: room)
        lookAhead(room, at: .now())
    }

    // MARK: Committing

    /// Hands a step to the gate, as the room's durability wants it.
    func record(_ step: Commit, logEntry: [UInt8]?, of room: LiveRoom, at now: NIODeadline) {
        switch room.game.durability {
        case .everyInput:
            guard let logEntry else { return close(broken: room, "its move cannot be written as JSON", answer: nil) }
            room.inputsSinceSnapshot += 1
            var state: [UInt8]?
            if room.inputsSinceSnapshot >= Limits.inputsPerSnapshot {
                state = snapshot(of: room, isSettled: false)
                room.inputsSinceSnapshot = 0
            }
            commit(.input(logEntry, snapshot: state), of: room, version: step.version)
        case .periodic:
            room.isDirty = true
            if step.isLandmark { storeSnapshot(of: room, isLandmark: true, at: now) }
        case .none: break
        }
    }

    /// Stores the state of a periodic room. After a landmark, what is said next waits for it.
    func storeSnapshot(of room: LiveRoom, isLandmark: Bool, isSettled: Bool = false, at now: NIODeadline) {
        guard room.isDirty, case .periodic(let interval) = room.game.durability,
            let state = snapshot(of: room, isSettled: isSettled)
        else { return }
        room.isDirty = false
        room.nextSnapshot = now + TimeAmount(interval)
        let version = room.room.status().version
        if isLandmark {
            commit(.snapshot(state), of: room, version: version)
        } else {
            gate.commit(RoomCommit(room: room.id, term: room.term, version: version, change: .snapshot(state)))
        }
    }

    /// The last word before the server ends: nothing is lost, so the history goes on where it stands.
    func storeForTheEnd(_ room: LiveRoom) {
        guard case .periodic = room.game.durability else { return }
        room.isDirty = true
        storeSnapshot(of: room, isLandmark: false, isSettled: true, at: .now())
    }

    func commit(_ change: RoomCommit.Change, of room: LiveRoom, version: UInt64) {
        gate.commit(RoomCommit(room: room.id, term: room.term, version: version, change: change))
        room.batch = gate.current
    }

    private func snapshot(of room: LiveRoom, isSettled: Bool) -> [UInt8]? {
        guard let state = try? room.room.snapshot(), state.count <= Limits.snapshotBytes else {
            close(broken: room, "its snapshot is larger than \(Limits.snapshotBytes) bytes, or no JSON", answer: nil)
            return nil
        }
        return StoredState(
            epoch: room.epoch, isSettled: isSettled, rulesVersion: room.manifest.rulesVersion, options: room.options,
            room: state
        ).text
    }

    /// The store has finished with the batch that it had.
    func stored(_ result: Result<Set<RoomID>, StoreError>) {
        switch result {
        case .success(let refused):
            let outputs = gate.succeeded()
            for room in refused { node.logger.error("another owner has the room", metadata: ["room.id": "\(room)"]) }
            carryOut(outputs)
            for room in refused { forget(room) }
            slots = slots.filter { slot in
                if case .closing(let batch) = slot.value { !gate.isSafe(batch) } else { true }
            }
        case .failure(let error):
            node.logger.error("rooms not stored", metadata: ["error": "\(error)"])
            node.metrics.commitFailed()
            rollBack()
        }
    }

    /// What was built on a lost commit is forgotten by forgetting the rooms; they come back as they do after a crash.
    private func rollBack() {
        for batch in gate.failed() {
            for room in Set(batch.commits.map(\.room)) { forget(room) }
            for output in batch.outputs {
                switch output {
                case .answer(let connection, _, let settles, let room, let ifLost):
                    if case .entrance = settles { shutOut(connection, of: room) }
                    outgoing.append(.answer(connection, ifLost, to: settles, from: room, ifLost: ifLost))
                case .made(let promise, let room):
                    promise.fail(Problem.storeUnavailable)
                    node.rooms.post(.removed(room))
                case .peeked(let promise, _): promise.fail(Problem.storeUnavailable)
                case .toRooms(.settled): outgoing.append(output)
                // Without it the client's socket would one day not be read any more.
                case .parcel(_, let parcel): if case .settled = parcel.delivery { outgoing.append(output) }
                case .toRooms, .toClients: break
                }
            }
        }
    }

    /// Somebody whose coming was lost is not in the room.
    private func shutOut(_ connection: ConnectionID, of id: RoomID) {
        guard case .loading(let waiting, var audience, let chat) = slots[id] else { return }
        audience.remove(connection)
        slots[id] = .loading(waiting: waiting, audience: audience, chat: chat)
    }

    // MARK: Loading

    /// The room, if it is in memory; else it is fetched, and the message waits for it.
    func live(_ id: RoomID, or message: Message?) -> LiveRoom? {
        switch slots[id] {
        case .live(let room): return room
        case .closing:
            if let message { refuse(message, .roomNotFound) }
        case .loading(var waiting, let audience, let chat):
            guard let message else { break }
            guard waiting.count < Limits.waitingForRoom else {
                refuse(message, .storeUnavailable)
                break
            }
            waiting.append(message)
            slots[id] = .loading(waiting: waiting, audience: audience, chat: chat)
        case nil:
            slots[id] = .loading(waiting: message.map { [$0] } ?? [], audience: Audience(), chat: [])
            fetch(id)
        }
        return nil
    }

    private func fetch(_ id: RoomID) {
        Task { [store] in
            do throws(StoreError) {
                post(.claimed(id, .success(try await store.claim(id))))
            } catch {
                post(.claimed(id, .failure(error)))
            }
        }
    }

    private func forget(_ id: RoomID) {
        guard case .live(let room) = slots[id] else { return }
        ticker.remove(room)
        slots[id] = .loading(waiting: [], audience: room.audience, chat: room.chat)
        fetch(id)
    }

    func claimed(_ id: RoomID, _ result: Result<StoredRoom?, StoreError>) {
        guard case .loading(let waiting, let audience, let chat) = slots[id] else { return }
        switch result {
        case .success(let stored?): restore(stored, waiting, audience, chat)
        case .success(nil): give(up: id, .roomNotFound, waiting, audience)
        case .failure(let error) where error.code == .unavailable:
            for message in waiting { refuse(message, .storeUnavailable) }
            guard !audience.isEmpty else { return slots[id] = nil }
            slots[id] = .loading(waiting: [], audience: audience, chat: chat)
            loop.scheduleTask(in: Limits.storeRetry) { [self] in assumeIsolated { $0.fetch(id) } }
        case .failure(let error):
            node.logger.error("room cannot be loaded", metadata: ["room.id": "\(id)", "error": "\(error)"])
            give(up: id, .internal, waiting, audience)
        }
    }

    private func restore(_ stored: StoredRoom, _ waiting: [Message], _ audience: Audience, _ chat: [ChatLine]) {
        let id = stored.header.id
        guard let game = node.games[stored.header.gameType], let state = StoredState(stored.snapshot) else {
            node.logger.error("room cannot be read", metadata: ["room.id": "\(id)"])
            return give(up: id, .internal, waiting, audience)
        }
        guard state.rulesVersion == game.entry.manifest.rulesVersion else {
            node.logger.warning("room of other rules closed", metadata: ["room.id": "\(id)"])
            removeFromStore(stored)
            return give(up: id, .roomNotFound, waiting, audience, reason: .rulesChanged)
        }
        guard let room = try? game.entry.restoreRoom(state.room), stored.inputs.allSatisfy(room.replay) else {
            node.logger.error("room cannot be replayed", metadata: ["room.id": "\(id)"])
            return give(up: id, .internal, waiting, audience)
        }
        let live = LiveRoom(
            header: stored.header, game: game, options: state.options(of: game), room: room, term: stored.term,
            epoch: state.isSettled || game.durability == .everyInput ? state.epoch : state.epoch + 1, now: .now(),
            wallClock: node.wallClock())
        live.inputsSinceSnapshot = stored.inputs.count
        live.audience = audience
        live.chat = chat
        slots[id] = .live(live)
        node.metrics.roomOpened(stored.header.gameType)
        reconcile(live)
        updateRow(of: live)
        showState(in: live)
        for message in waiting { handle(message) }
        lookAhead(live, at: .now())
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

    private func give(
        up id: RoomID, _ problem: Problem, _ waiting: [Message], _ audience: Audience, reason: CloseReason = .lost
    ) {
        slots[id] = nil
        node.rooms.post(.removed(id))
        for message in waiting { refuse(message, problem) }
        let frame = Frame.text(RoomMessages(room: id, epoch: 1).closed(reason))
        for (loop, connections) in audience.loops {
            outgoing.append(.parcel(loop: loop, Parcel(to: connections, delivery: .message(frame))))
            outgoing.append(.parcel(loop: loop, Parcel(to: connections, delivery: .left(id))))
        }
    }

    private func removeFromStore(_ stored: StoredRoom) {
        let version = stored.snapshotVersion + UInt64(stored.inputs.count)
        gate.commit(RoomCommit(room: stored.header.id, term: stored.term, version: version, change: .removed))
    }

    /// Answers a message whose room is not to be had.
    private func refuse(_ message: Message, _ problem: Problem) {
        switch message {
        case .request(let id, let request, let sender):
            let problem = problem == .roomNotFound ? .notInRoom : problem
            let settles: Settled = if case .move = request.command { .move(id) } else { .request(id) }
            let text = ServerMessage.failure(request.command.resultType, id: request.id, room: id, problem)
            answer(sender, text, settles, id)
        case .join(let id, let order):
            if order.isPromised { node.rooms.post(.settled(id)) }
            let text = ServerMessage.failure("join_room_result", id: order.id, room: id, problem)
            answer(order.sender, text, .entrance, id)
        case .rejoin(let id, let request):
            if request.isAnswered {
                let isGone = problem == .roomNotFound
                let problem: Problem = isGone ? (request.wasExpired ? .sessionExpired : .sessionNotFound) : problem
                let text = ServerMessage.failure("reconnect_result", id: request.id, room: id, problem)
                answer(request.sender, text, .nothing, id)
            }
            let stillHolds = problem == .storeUnavailable
            node.clients.post(
                stillHolds ? .unanswered(request.sender) : .returned(request.sender, to: id, holdsSeat: false))
        case .peek(_, let promise): promise.succeed(nil)
        case .create, .disconnected, .wake, .claimed, .stored, .stop: break
        }
    }

    private func answer(_ sender: Sender, _ text: [UInt8], _ settles: Settled, _ room: RoomID) {
        let frame = Frame.text(text)
        outgoing.append(.answer(sender.connection, frame, to: settles, from: room, ifLost: frame))
    }
}
