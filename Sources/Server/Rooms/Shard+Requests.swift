internal import GameKitProtocol
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// What people in a room ask of it.
extension Shard {
    func perform(_ request: RoomRequest, from sender: Sender, in room: LiveRoom) {
        var answer = Answer(
            sender: sender, id: request.id, type: request.command.resultType, settles: .request(room.id))
        if case .move = request.command { answer = moveAnswer(request, sender, room) }
        guard let member = room.audience[sender.connection] ?? readmit(sender, to: room) else {
            return refuse(answer, .notInRoom, in: room)
        }
        switch request.command {
        case .leave: return leave(member, answer, room)
        case .resync: return showState(in: room, to: member)
        case .chat(let text): return chat(text, member, answer, room)
        default: break
        }
        guard let seat = member.seat else { return refuse(answer, Problem(RoomRefusal.notAPlayer), in: room) }
        switch request.command {
        case .move(let text):
            let id = request.id.map { MoveID(rawValue: $0.digest) }
            apply(.moved(seat, text, id: id), to: room, answer: answer)
        case .ready(let ready): apply(.readied(seat, ready), to: room, answer: answer)
        case .rematch:
            answer.success = { room, _, data in
                let facts = room.room.facts()
                let hasStarted = room.room.status().phase != .finished
                data.set("votes", hasStarted ? facts.votesNeeded : facts.votes)
                data.set("needed", facts.votesNeeded)
            }
            apply(.voted(seat), to: room, answer: answer)
        case .addBot(let wanted, let level): addBot(at: wanted, level, answer, room)
        case .removeBot(let wanted): removeBot(at: wanted, answer, room)
        case .kick(let target): kick(target, by: seat, answer, room)
        case .lock(let locked):
            guard room.room.facts().host == seat else { return refuse(answer, .notTheHost, in: room) }
            apply(.locked(locked), to: room, answer: answer)
            updateRow(of: room)
        case .leave, .resync, .chat: break
        }
    }

    private func moveAnswer(_ request: RoomRequest, _ sender: Sender, _ room: LiveRoom) -> Answer {
        var answer = Answer(sender: sender, id: request.id, type: "make_move_result", settles: .move(room.id))
        answer.isAlwaysAnswered = false
        answer.success = { room, verdict, data in
            switch verdict {
            case .repeated(let receipt):
                data.set("version", receipt.version)
                data.set("serverTime", room.wallClock(of: receipt.at))
                data.set("repeated", true)
            case .committed(let commit):
                data.set("version", commit.version)
                data.set("serverTime", room.wallClock(of: room.room.now()))
            case .refused, .unchanged, .broken: break
            }
        }
        return answer
    }

    private func leave(_ member: Audience.Member, _ answer: Answer, _ room: LiveRoom) {
        let connection = member.sender.connection
        if let seat = member.seat {
            // The seat is given up first, so that the room's last word to the one who leaves is the answer.
            apply(.left(seat, .left), to: room)
        } else {
            room.audience.remove(connection)
            spectatorsChanged(in: room)
        }
        say(answer, .unchanged, in: room)
        deliver(.left(room.id), to: connection, about: room)
    }

    private func chat(_ text: String, _ member: Audience.Member, _ answer: Answer, _ room: LiveRoom) {
        let line = ChatLine(playerId: member.playerId, name: member.name, text: text, at: node.wallClock())
        if room.chat.count == Limits.chatLines { room.chat.removeFirst() }
        room.chat.append(line)
        deliverToAll(.message(Frame.text(room.messages.chat(line))), in: room)
        guard answer.id != nil else { return }
        say(answer, .unchanged, in: room)
    }

    private func addBot(at seat: Seat?, _ level: BotLevel, _ answer: Answer, _ room: LiveRoom) {
        guard room.game.allowsBots else { return refuse(answer, Problem(RoomRefusal.noBot), in: room) }
        if let problem = notWaiting(room) { return refuse(answer, problem, in: room) }
        let address = answer.sender.address
        guard mayAddBot(from: address) else {
            node.metrics.refused(.botsPerAddress)
            return refuse(answer, Problem(.noBot, "There are too many bots from your address."), in: room)
        }
        room.botNumber += 1
        let bot = Newcomer(
            playerId: RandomText.readable(length: 10, from: node.entropy), name: "Bot \(room.botNumber)", holder: nil,
            level: level)
        var answer = answer
        answer.success = { room, _, data in
            let facts = room.room.facts()
            let seat = facts.chairs.firstIndex { $0?.playerId == bot.playerId }
            data.set("seat", seat)
        }
        let lease = BotLease(bots, from: address)
        guard case .committed = apply(.seated(bot, at: seat), to: room, answer: answer) else { return }
        room.botLeases[bot.playerId] = lease
    }

    /// Each shard has its share, since an address's rooms are on all of them.
    private func mayAddBot(from address: ClientAddress) -> Bool {
        let most = node.limits.maxBotsPerAddress
        return most == 0 || bots.count(of: address) < max(1, most / node.shards.count)
    }

    private func removeBot(at wanted: Seat?, _ answer: Answer, _ room: LiveRoom) {
        if let problem = notWaiting(room) { return refuse(answer, problem, in: room) }
        let chairs = room.room.facts().chairs
        let isBot = { (index: Int) in chairs.indices.contains(index) && chairs[index]?.isBot == true }
        guard let index = wanted?.rawValue ?? chairs.indices.last(where: isBot), isBot(index) else {
            return refuse(answer, Problem(RoomRefusal.noBot), in: room)
        }
        var answer = answer
        answer.success = { _, _, data in data.set("seat", index) }
        apply(.left(Seat(index), .left), to: room, answer: answer)
    }

    private func notWaiting(_ room: LiveRoom) -> Problem? {
        switch room.room.status().phase {
        case .waiting: nil
        case .playing, .paused: Problem(RoomRefusal.gameRunning)
        case .finished: Problem(RoomRefusal.gameOver)
        }
    }

    private func kick(_ target: Seat, by host: Seat, _ answer: Answer, _ room: LiveRoom) {
        guard room.room.facts().host == host else { return refuse(answer, .notTheHost, in: room) }
        guard target != host else { return refuse(answer, Problem(.forbidden, "Leave instead."), in: room) }
        apply(.left(target, .kicked), to: room, answer: answer)
    }
}

extension Problem {
    fileprivate static let notTheHost = Problem(.forbidden, "Only the room's host can do that.")
}
