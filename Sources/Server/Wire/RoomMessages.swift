internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// What is said about one room. Made once, whoever reads it.
struct RoomMessages {
    let room: RoomID
    var epoch: UInt64

    // MARK: States

    /// The state as one viewer sees it, and the members in it beside phase and view: who is waited for, how it ended.
    /// - Parameter clock: tells the wall-clock time of a moment of room time, in milliseconds since 1970.
    func state(
        _ status: RoomStatus, view: [UInt8]?, clock: (Duration) -> Int64
    ) -> (text: [UInt8], surroundings: [UInt8]) {
        var message = envelope("game_state", RoomPosition(epoch: epoch, seq: status.seq, version: status.version))
        var surroundings: [UInt8] = []
        message.set("data") { data in
            data.set("phase", status.phase.rawValue)
            data.set("view", json: view)
            surroundings = data.members { write(status, to: &$0, clock: clock) }
        }
        return (message.closed(), surroundings)
    }

    /// The change from one view to the next, for who has the one at version `base`.
    func patch(
        _ state: RoomState, from base: RoomState, view patch: [UInt8]
    ) -> [UInt8] {
        var message = JSONObject()
        message.set("type", "game_patch")
        message.set("roomId", room.rawValue)
        message.set("epoch", epoch)
        message.set("version", state.version)
        message.set("base", base.version)
        message.set("seq", state.seq)
        message.set("data") { data in
            if state.phase != base.phase { data.set("phase", state.phase.rawValue) }
            data.set("patch", json: patch)
            data.append(members: state.surroundings)
        }
        return message.closed()
    }

    private func write(_ status: RoomStatus, to data: inout JSONObject, clock: (Duration) -> Int64) {
        data.set("turnEndsAt", status.turnEnds.map(clock))
        if status.phase == .paused {
            data.set("pause") { pause in
                pause.set("reason", "away")
                pause.set("untilMs", status.pauseEnds.map(clock))
            }
        }
        data.set("outcome", json: status.outcome.flatMap { try? CanonicalJSON.encode($0) })
    }

    // MARK: Events

    func event(_ numbered: NumberedEvent) -> [UInt8] {
        var message = JSONObject()
        message.set("type", type(of: numbered.event))
        message.set("roomId", room.rawValue)
        message.set("epoch", epoch)
        message.set("seq", numbered.seq)
        message.set("data", json: Self.data(of: numbered.event))
        return message.closed()
    }

    /// A game's event without a number.
    func transient(_ text: String) -> [UInt8] {
        var message = JSONObject()
        message.set("type", "game_event")
        message.set("roomId", room.rawValue)
        message.set("epoch", epoch)
        message.set("data", json: text.utf8)
        return message.closed()
    }

    func spectatorsChanged(_ count: Int) -> [UInt8] {
        plain("spectators_changed") { $0.set("count", count) }
    }

    func closed(_ reason: CloseReason) -> [UInt8] {
        plain("room_closed") { $0.set("reason", reason.rawValue) }
    }

    func chat(_ line: ChatLine) -> [UInt8] {
        plain("chat") { line.write(to: &$0) }
    }

    // MARK: Answers

    func success(
        _ type: String, id: MessageID?, at position: RoomPosition? = nil, data: ((inout JSONObject) -> Void)? = nil
    ) -> [UInt8] {
        ServerMessage.success(type, id: id, room: room, at: position, data: data)
    }

    // MARK: Parts

    private func envelope(_ type: String, _ position: RoomPosition) -> JSONObject {
        var message = JSONObject()
        message.set("type", type)
        message.set("roomId", room.rawValue)
        position.write(to: &message)
        return message
    }

    private func plain(_ type: String, data: (inout JSONObject) -> Void) -> [UInt8] {
        var message = JSONObject()
        message.set("type", type)
        message.set("roomId", room.rawValue)
        message.set("epoch", epoch)
        message.set("data", object: data)
        return message.closed()
    }

    private func type(of event: RoomEvent) -> String {
        switch event {
        case .playerJoined: "player_joined"
        case .playerLeft: "player_left"
        case .playerDisconnected: "player_disconnected"
        case .playerReconnected: "player_reconnected"
        case .gameStarted: "game_started"
        case .gameEnded: "game_ended"
        case .rematchVoted: "rematch_voted"
        case .readyChanged: "ready_changed"
        case .game: "game_event"
        }
    }

    private static func data(of event: RoomEvent) -> [UInt8] {
        var data = JSONObject()
        switch event {
        case .playerJoined(let seat, let playerId, let name, let isBot):
            data.set("seat", seat.rawValue)
            data.set("playerId", playerId)
            data.set("name", name)
            data.set("bot", isBot)
        case .playerLeft(let seat, let playerId, let name, let isBot, let reason):
            data.set("seat", seat.rawValue)
            data.set("playerId", playerId)
            data.set("name", name)
            data.set("bot", isBot)
            data.set("reason", reason.rawValue)
        case .playerDisconnected(let seat, let playerId, let grace):
            data.set("seat", seat.rawValue)
            data.set("playerId", playerId)
            data.set("graceSeconds", grace.secondsRoundedUp)
        case .playerReconnected(let seat, let playerId):
            data.set("seat", seat.rawValue)
            data.set("playerId", playerId)
        case .gameStarted(let round): data.set("round", round)
        case .gameEnded(let outcome): data.set("outcome", json: (try? CanonicalJSON.encode(outcome)) ?? [])
        case .rematchVoted(let seat, let votes, let needed):
            data.set("seat", seat.rawValue)
            data.set("votes", votes)
            data.set("needed", needed)
        case .readyChanged(let seat, let ready):
            data.set("seat", seat.rawValue)
            data.set("ready", ready)
        case .game(let text): return Array(text.utf8)
        }
        return data.closed()
    }
}

/// Why a room ended.
enum CloseReason: String, Sendable {
    case empty, idle, finished, kicked, admin, quarantined, lost
    case rulesChanged = "rules_changed"
}

/// One line of a room's chat.
struct ChatLine: Equatable, Sendable {
    let playerId: String
    let name: String
    let text: String
    /// Milliseconds since 1970.
    let at: Int64

    func write(to object: inout JSONObject) {
        object.set("playerId", playerId)
        object.set("name", name)
        object.set("text", text)
        object.set("at", at)
    }
}
