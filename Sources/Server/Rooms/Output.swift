internal import GameKitProtocol
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Something that leaves a shard.
enum Output: Sendable {
    case parcel(loop: Int, Parcel)
    /// A connection is in the room now; if that is lost and it was not there before, it is not.
    case entered(ConnectionID, RoomID, Membership, wasHere: Bool)
    case toRooms(RoomManager.Message)
    case toClients(ClientManager.Message)
    case made(EventLoopPromise<RoomID>, RoomID)
    case peeked(EventLoopPromise<RoomPeek?>, RoomPeek)
    /// An answer, and what it answers: if the commit it rests on is lost, that is told instead.
    case answer(ConnectionID, ByteBuffer, to: Question, from: RoomID)
}

/// What a request in a room was, as far as any answer to it must say.
struct Question: Sendable {
    let id: MessageID?
    let type: String?
    let settles: Settled
}

/// A room as the HTTP side shows it: the text of an object.
struct RoomPeek: Sendable {
    let json: [UInt8]
}

extension Shard {
    /// Says something about a room: now, if all that the room is rests on safe ground, else with its batch.
    func say(_ output: Output, about room: LiveRoom) {
        if gate.isSafe(room.batch) {
            outgoing.append(output)
        } else {
            gate.say(output, about: room.id, restingOn: room.batch)
        }
    }

    func deliver(_ delivery: Delivery, to connection: ConnectionID, about room: LiveRoom) {
        say(.parcel(loop: connection.loop, Parcel(to: .one(connection), delivery: delivery)), about: room)
    }

    func deliverToAll(_ delivery: Delivery, in room: LiveRoom) {
        room.audience.forEachParcel(of: delivery, from: room.id) { say(.parcel(loop: $0, $1), about: room) }
    }

    /// - Parameter position: where in the room's history the answer stands, if it tells that.
    func say(_ answer: Answer, _ verdict: Verdict, at position: RoomPosition? = nil, in room: LiveRoom) {
        let connection = answer.sender.connection
        let text: [UInt8]
        switch verdict {
        case .refused(let refusal):
            text = ServerMessage.failure(answer.type, id: answer.id, room: room.id, Problem(refusal))
        case .committed, .repeated, .unchanged:
            guard let type = answer.type, answer.id != nil || answer.isAlwaysAnswered else {
                return deliver(.settled(answer.settles), to: connection, about: room)
            }
            text = room.messages.success(type, id: answer.id, at: position) { data in
                answer.success?(room, verdict, &data)
            }
        case .broken: text = ServerMessage.failure(answer.type, id: answer.id, room: room.id, .internal)
        }
        say(.answer(connection, Frame.text(text), to: answer.question, from: room.id), about: room)
    }

    func refuse(_ answer: Answer, _ problem: Problem, in room: LiveRoom) {
        let text = ServerMessage.failure(answer.type, id: answer.id, room: room.id, problem)
        deliver(.answer(Frame.text(text), to: answer.settles), to: answer.sender.connection, about: room)
    }

    /// Brings outputs to where they go: to each loop in one post.
    func carryOut(_ outputs: [Output]) {
        guard !outputs.isEmpty else { return }
        func send(_ delivery: Delivery, to connection: ConnectionID) {
            parcels[connection.loop].append(Parcel(to: .one(connection), delivery: delivery))
        }
        for output in outputs {
            switch output {
            case .parcel(let loop, let parcel): parcels[loop].append(parcel)
            case .entered(let connection, let room, let membership, _): send(.entered(room, membership), to: connection)
            case .answer(let connection, let frame, let question, _):
                send(.answer(frame, to: question.settles), to: connection)
            case .toRooms(let message): node.rooms.post(message)
            case .toClients(let message): node.clients.post(message)
            case .made(let promise, let room): promise.succeed(room)
            case .peeked(let promise, let peek): promise.succeed(peek)
            }
        }
        for loop in parcels.indices where !parcels[loop].isEmpty {
            node.hubs[loop].post(parcels[loop])
            parcels[loop] = []
        }
    }

    // MARK: Telling a room

    func tell(_ commit: Commit, in room: LiveRoom) {
        guard !room.audience.isEmpty else { return }
        let messages = room.messages
        for message in commit.messages {
            switch message {
            case .event(let event): deliverToAll(.message(Frame.text(messages.event(event))), in: room)
            case .hint(let text): deliverToAll(.message(Frame.text(messages.transient(text))), in: room)
            case .whisper(let text, let seat):
                guard let connection = room.audience.connection(at: seat) else { continue }
                deliver(.message(Frame.text(messages.transient(text))), to: connection, about: room)
            }
        }
    }

    /// Shows everybody the newest state, encoded once for each view there is.
    func showState(in room: LiveRoom) {
        guard !room.audience.isEmpty else { return }
        guard room.manifest.hasSecrets else {
            guard let state = state(of: room, for: .spectator) else { return }
            return deliverToAll(.state(state), in: room)
        }
        for player in room.audience.players { showState(in: room, to: player) }
        guard room.audience.spectatorCount > 0, let state = state(of: room, for: .spectator) else { return }
        room.audience.forEachParcelToSpectators(of: .state(state), from: room.id) {
            say(.parcel(loop: $0, $1), about: room)
        }
    }

    func showState(in room: LiveRoom, to member: Audience.Member) {
        guard let state = state(of: room, for: member.seat.map { .seat($0) } ?? .spectator) else { return }
        deliver(.state(state), to: member.sender.connection, about: room)
    }

    /// - Returns: nil when the game's view cannot be shown; the room is then closed.
    private func state(of room: LiveRoom, for viewer: Viewer) -> RoomState? {
        let view = try? note.during(.view, in: room) { () throws in try room.room.view(viewer) }
        guard let view, view.count <= Limits.viewBytes else {
            // A room that has not started has no view, which is no fault.
            guard room.room.status().phase != .waiting else {
                return RoomState(
                    room: room.id, epoch: room.epoch, status: room.room.status(), view: nil,
                    clock: room.wallClock(of:))
            }
            close(broken: room, "its view is larger than \(Limits.viewBytes) bytes, or no JSON", answer: nil)
            return nil
        }
        return RoomState(
            room: room.id, epoch: room.epoch, status: room.room.status(), view: view, clock: room.wallClock(of:))
    }
}
