internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Rooms on their way into the store.
extension Shard {
    // MARK: Making

    func create(_ new: NewRoom, _ promise: EventLoopPromise<RoomID>?) {
        let seed = SeededRandom(key: (node.entropy.next(), node.entropy.next()))
        guard let game = node.games[new.header.gameType],
            let made = try? note.during(
                .make, of: new.header, game,
                { () throws in try game.entry.makeRoom(new.options, game.rules, seed) })
        else {
            promise?.fail(Problem.internal)
            return node.rooms.post(.removed(new.header.id))
        }
        let room = LiveRoom(
            header: new.header, game: game, options: new.options, room: made, term: 1, epoch: 1, now: loop.now,
            wallClock: node.wallClock(), entropy: node.entropy)
        slots[room.id] = .live(room)
        node.metrics.roomOpened(room.header.gameType)
        if game.durability != .none, let state = snapshot(of: room) {
            commit(.created(room.header, snapshot: state, isArchived: game.isArchived), of: room)
        }
        if let promise { say(.made(promise, room.id), about: room) }
        updateRow(of: room)
        lookAhead(room, at: loop.now)
    }

    // MARK: Committing

    /// Hands a step to the gate, as the room's durability wants it.
    /// - Returns: false when the room cannot go on, and was closed.
    func record(_ step: Commit, logEntry: [UInt8]?, of room: LiveRoom, at now: NIODeadline) -> Bool {
        room.hold(in: gate.current, after: room.room.status().seq - step.eventCount)
        switch room.game.durability {
        case .everyInput:
            guard let logEntry else {
                close(broken: room, "its move cannot be written as JSON", answer: nil)
                return false
            }
            room.inputsSinceSnapshot += 1
            var state: [UInt8]?
            if room.inputsSinceSnapshot >= Limits.inputsPerSnapshot {
                state = snapshot(of: room)
                guard state != nil else { return false }
                room.inputsSinceSnapshot = 0
            }
            commit(.input(logEntry, snapshot: state), of: room)
        case .periodic:
            room.isDirty = true
            if let logEntry { room.tape.add(logEntry) }
            if step.isLandmark || room.tape.count >= Limits.mostEntriesOnTape {
                return storeSnapshot(of: room, isLandmark: true, at: now)
            }
        case .none: break
        }
        return true
    }

    /// Stores the state of a periodic room. After a landmark, what is said next waits for it.
    /// - Returns: false when the room cannot go on, and was closed.
    @discardableResult
    func storeSnapshot(of room: LiveRoom, isLandmark: Bool, isSettled: Bool = false, at now: NIODeadline) -> Bool {
        guard room.isDirty, case .periodic(let interval) = room.game.durability else { return true }
        // What cannot go on from here must be complete in the archive; else ticks may go on for ever.
        let inputs =
            isLandmark || isSettled ? room.tape.takeAll(fingerprint: fingerprint(of: room)) : room.tape.take()
        guard let state = snapshot(of: room, isSettled: isSettled) else { return false }
        room.isDirty = false
        room.nextSnapshot = now + TimeAmount(interval)
        commit(.snapshot(state, inputs: inputs), of: room, holdsBack: isLandmark)
        return true
    }

    /// The last word before the server ends: nothing is lost, so the history goes on where it stands; and no input needs
    /// to be played again, so that it may start again with other rules.
    func storeForTheEnd(_ room: LiveRoom) {
        switch room.game.durability {
        case .everyInput:
            guard room.inputsSinceSnapshot > 0, let state = snapshot(of: room) else { return }
            commit(.snapshot(state, inputs: []), of: room)
        case .periodic:
            room.isDirty = true
            storeSnapshot(of: room, isLandmark: false, isSettled: true, at: loop.now)
        case .none: break
        }
    }

    /// Takes a room out of the store; until that is done it is still here, in case it cannot be.
    func remove(_ room: LiveRoom) {
        // The archive gets the rest of what happened.
        if case .periodic = room.game.durability, let state = bytes(of: room) {
            let inputs = room.tape.takeAll(fingerprint: fingerprint(of: room))
            commit(.snapshot(storedState(of: room, state, isSettled: true).text, inputs: inputs), of: room)
        }
        let keptUntil = node.wallClock() + room.game.replayTime.milliseconds
        commit(.removed(archivedUntil: room.game.isArchived ? keptUntil : nil), of: room)
        slots[room.id] = .closing(room)
        closings.append(room)
    }

    /// Asks the store whether it has what it was told of a room.
    func confirm(_ room: LiveRoom) {
        guard room.game.durability != .none else { return }
        gate.commit(
            RoomCommit(
                room: room.id, term: room.term, epoch: room.epoch, version: room.committedVersion, change: .confirmed))
    }

    /// Stores all of a room, of which the store has less than it was told.
    private func rewrite(_ room: LiveRoom) {
        // The archive begins anew with this state.
        room.tape = Tape()
        room.inputsSinceSnapshot = 0
        room.isDirty = false
        room.hold(anewIn: gate.current)
        guard let state = snapshot(of: room) else { return }
        commit(.rewritten(room.header, snapshot: state, isArchived: room.game.isArchived), of: room)
    }

    /// - Parameter holdsBack: whether what is said about the room from now on waits until this is safe.
    func commit(_ change: RoomCommit.Change, of room: LiveRoom, holdsBack: Bool = true) {
        gate.commit(
            RoomCommit(
                room: room.id, term: room.term, epoch: room.epoch, version: room.room.status().version,
                change: change))
        room.committedVersion = room.room.status().version
        if holdsBack { room.batch = gate.current }
    }

    /// - Returns: nil when the state cannot be stored; the room is then closed.
    func snapshot(of room: LiveRoom, isSettled: Bool = false) -> [UInt8]? {
        guard let state = bytes(of: room), state.count <= Limits.snapshotBytes else {
            close(broken: room, "its snapshot is larger than \(Limits.snapshotBytes) bytes, or no JSON", answer: nil)
            return nil
        }
        return storedState(of: room, state, isSettled: isSettled || room.game.durability == .everyInput).text
    }

    private func storedState(of room: LiveRoom, _ state: [UInt8], isSettled: Bool) -> StoredState {
        StoredState(
            isSettled: isSettled, rulesVersion: room.manifest.rulesVersion, options: room.options,
            fingerprint: fingerprint(of: room), ticks: room.tape.ticks, room: state)
    }

    private func bytes(of room: LiveRoom) -> [UInt8]? {
        try? note.during(.snapshot, in: room) { () throws in try room.room.snapshot() }
    }

    private func fingerprint(of room: LiveRoom) -> UInt64? {
        note.during(.snapshot, in: room) { room.room.fingerprint() }
    }

    // MARK: What the store says

    /// The store has finished with the batch that it had.
    func stored(_ result: Result<AppendReport, StoreError>) {
        switch result {
        case .success(let report):
            // A room that has ended is where it should be.
            let behind = report.behind.compactMap { id in
                if case .live(let room) = slots[id] { room } else { nil }
            }
            let (outputs, lost) = gate.succeeded(refusing: report.refused, behind: Set(behind.map(\.id)))
            for room in report.refused {
                node.logger.error("another owner has the room", metadata: ["room.id": "\(room)"])
            }
            for room in behind { rewrite(room) }
            carryOut(outputs)
            rollBack(lost)
            forgetClosed()
        case .failure(let error):
            node.logger.error("rooms not stored", metadata: ["error": "\(error)"])
            node.metrics.commitFailed()
            rollBack(gate.failed())
        }
    }

    private func forgetClosed() {
        guard !closings.isEmpty else { return }
        let isGone = { [gate] (room: LiveRoom) in gate.isSafe(room.batch) }
        for room in closings where isGone(room) {
            if case .closing(let closing) = slots[room.id], closing === room { slots[room.id] = nil }
        }
        closings.removeAll(where: isGone)
    }

    /// What was built on a lost commit is forgotten by forgetting the rooms; they come back as they do after a crash.
    private func rollBack(_ lost: [OutputGate<Output>.Batch]) {
        for batch in lost {
            for room in Set(batch.commits.map(\.room)) { forget(room, lost: batch.number) }
            for held in batch.outputs {
                switch held.output {
                // Who was here before is here in the new place, which its loop must know too.
                case .entered(let connection, let room, _, let wasHere):
                    if wasHere { outgoing.append(held.output) } else { shutOut(connection, of: room) }
                case .answer(let connection, _, let question, let room):
                    let text = ServerMessage.failure(question.type, id: question.id, room: room, .storeUnavailable)
                    outgoing.append(.answer(connection, Frame.text(text), to: question, from: room))
                case .made(let promise, let room):
                    promise.fail(Problem.storeUnavailable)
                    node.rooms.post(.removed(room))
                case .peeked(let promise, _): promise.fail(Problem.storeUnavailable)
                case .toRooms(.settled): outgoing.append(held.output)
                // Without it the client's socket would one day not be read any more.
                case .parcel(_, let parcel): if case .settled = parcel.delivery { outgoing.append(held.output) }
                case .toRooms, .toClients: break
                }
            }
        }
    }

    /// Somebody whose coming was lost is not in the room.
    private func shutOut(_ connection: ConnectionID, of id: RoomID) {
        guard case .loading(var loading) = slots[id] else { return }
        loading.audience.remove(connection)
        slots[id] = .loading(loading)
    }
}
