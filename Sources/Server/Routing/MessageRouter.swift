internal import DequeModule
internal import NIOCore
internal import SessionStore

/// Decides where each message of one client goes. Pure: the connection around it reads, writes and posts.
///
/// A client may send ahead of its answers. What must not be overtaken is held here: everything behind a join or a
/// return, and a move behind as many unanswered ones as the room remembers.
struct MessageRouter {
    enum Action {
        case send([UInt8])
        case toRoom(RoomID, RoomRequest)
        /// A token that says who the client is, for the first time or anew.
        case prove(String, MessageID?, isRefresh: Bool)
        case join(JoinRequest, MessageID?, room: RoomID?, gameType: String?)
        case reconnect(ReconnectRequest, MessageID?, room: RoomID?)
        case listRooms(MessageID?, gameType: String?)
        case watchLobby(MessageID?, gameType: String?)
        case unwatchLobby(MessageID?)
        case pong(MessageID?, ArraySlice<UInt8>?)
        /// The next state of the room must be a whole one.
        case forgetBase(RoomID)
        /// A limit was met.
        case refused(LimitName)
        case close(CloseCode)
    }

    private(set) var rooms = ShortMap<RoomID, Membership>()
    /// Of any of them; asked once a second of every connection there is.
    private(set) var isInRealTimeRoom = false
    var identity: Identity
    let takesTokens: Bool
    private let defaultGame: String?
    private var rate: TokenBucket
    private var chat: TokenBucket
    private var violations: TokenBucket
    /// A join, a return or the answer to a token is under way.
    var awaitsEntrance = false
    /// A list of rooms is: the longest answer there is, so that one at a time is asked for.
    private var awaitsList = false
    /// Something was joined under the id of this connection's own welcome, which so cannot become void any more.
    private(set) var hasEntered = false
    private var unansweredMoves = ShortMap<RoomID, Int>()
    private var held: Deque<ClientMessage> = []
    /// The client does not read what it is owed: what it asks for waits.
    private(set) var isPaused = false

    init(
        defaultGame: String?, limits: Limits, takesTokens: Bool = false, identity: Identity? = nil, now: NIODeadline
    ) {
        self.defaultGame = defaultGame
        self.takesTokens = takesTokens
        self.identity = identity ?? Identity(at: now)
        let perSecond = Double(limits.messagesPerSecond)
        rate = TokenBucket(perSecond: perSecond, burst: perSecond * 2, now: now)
        chat = TokenBucket(perSecond: Limits.chatPerSecond, burst: Limits.chatInABurst, now: now)
        violations = TokenBucket(
            perSecond: Limits.violationsPerSecond, burst: Limits.violationsInABurst, now: now)
    }

    /// Whether the socket may be read: nothing that was read already waits.
    var mayRead: Bool { held.isEmpty && !isPaused }

    /// One message was read.
    mutating func received(_ text: ArraySlice<UInt8>, at now: NIODeadline) -> [Action] {
        do throws(MessageReader.Failure) {
            let message = try MessageReader.read(text)
            let resultType = message.request.resultType
            if let wait = rate.take(message.request.cost + Limits.cost(ofBytes: text.count), at: now) {
                return tooMany("messages", .messages, resultType, message.id, wait, at: now)
            }
            if case .inRoom(.chat) = message.request, let wait = chat.take(at: now) {
                return tooMany("lines of chat", .chat, resultType, message.id, wait, at: now)
            }
            guard held.isEmpty, !mustWait(message) else {
                held.append(message)
                return []
            }
            return route(message)
        } catch {
            if let wait = rate.take(1 + Limits.cost(ofBytes: text.count), at: now) {
                return tooMany("messages", .messages, nil, error.id, wait, at: now)
            }
            return violation(error.resultType, error.id, error.problem, at: now)
        }
    }

    /// An answer has come; what waited for it goes on.
    mutating func settled(_ settled: Settled, at now: NIODeadline) -> [Action] {
        switch settled {
        case .entrance: awaitsEntrance = false
        case .list: awaitsList = false
        case .move(let room):
            if let count = unansweredMoves[room] { unansweredMoves[room] = count > 1 ? count - 1 : nil }
        case .guess: return [.refused(.guesses)] + violate(Limits.guessCost, at: now)
        case .nothing, .request: return []
        }
        return goOn()
    }

    /// A ping or a pong of the transport was read.
    mutating func receivedControl(at now: NIODeadline) -> [Action] {
        guard rate.take(at: now) != nil else { return [] }
        return [.refused(.messages)] + violate(at: now)
    }

    mutating func pause() { isPaused = true }

    mutating func resumed() -> [Action] {
        isPaused = false
        return goOn()
    }

    /// What was held goes on, as far as it need not wait any more.
    mutating func goOn() -> [Action] {
        var actions: [Action] = []
        while let message = held.first, !mustWait(message) {
            held.removeFirst()
            actions += route(message)
        }
        return actions
    }

    mutating func entered(_ room: RoomID, _ membership: Membership) {
        rooms[room] = membership
        isInRealTimeRoom = rooms.values.contains { $0.isRealTime }
        hasEntered = true
    }

    mutating func left(_ room: RoomID) {
        rooms[room] = nil
        isInRealTimeRoom = rooms.values.contains { $0.isRealTime }
        unansweredMoves[room] = nil
    }

    private func mustWait(_ message: ClientMessage) -> Bool {
        if isPaused { return true }
        if case .ping = message.request { return false }
        if awaitsEntrance { return true }
        switch message.request {
        case .listRooms, .watchLobby: return awaitsList
        case .refreshToken: return identity.isProving
        case .inRoom(.move):
            return room(of: message).map { unansweredMoves[$0] ?? 0 >= Limits.unansweredMoves } ?? false
        default: return false
        }
    }

    private mutating func route(_ message: ClientMessage) -> [Action] {
        if identity.isUnproven, !message.request.isOpenToAll {
            return [.send(ServerMessage.failure(message.request.resultType, id: message.id, .mustAuthenticate))]
        }
        switch message.request {
        case .authenticate(let token): return prove(token, message, isRefresh: false)
        case .refreshToken(let token): return prove(token, message, isRefresh: true)
        case .join(let join):
            if join.isSpectator, watchesEnough(besides: message.room) {
                let problem = Problem(
                    .tooManyRooms, "You are watching \(Limits.watchedRooms) rooms already: leave one first.")
                return [
                    .refused(.watchedRooms),
                    .send(ServerMessage.failure("join_room_result", id: message.id, room: message.room, problem)),
                ]
            }
            awaitsEntrance = true
            let gameType = message.gameType ?? (message.room == nil ? defaultGame : nil)
            return [.join(join, message.id, room: message.room, gameType: gameType)]
        case .reconnect(let reconnect):
            guard !hasEntered else {
                let problem = Problem(.forbidden, "This connection is somebody already.")
                return [.send(ServerMessage.failure("reconnect_result", id: message.id, problem))]
            }
            awaitsEntrance = true
            return [.reconnect(reconnect, message.id, room: message.room)]
        case .inRoom(let command): return route(command, message)
        case .listRooms:
            awaitsList = true
            return [.listRooms(message.id, gameType: message.gameType)]
        case .watchLobby:
            awaitsList = true
            return [.watchLobby(message.id, gameType: message.gameType)]
        case .unwatchLobby: return [.unwatchLobby(message.id)]
        case .ping(let data): return [.pong(message.id, data)]
        }
    }

    private mutating func route(_ command: RoomCommand, _ message: ClientMessage) -> [Action] {
        guard let room = room(of: message), rooms[room] != nil else {
            let problem =
                message.room == nil && rooms.count > 1
                ? Problem.badField("roomId", "You are in several rooms: say which one.") : .notInRoom
            return [.send(ServerMessage.failure(command.resultType, id: message.id, room: message.room, problem))]
        }
        if let gameType = message.gameType, gameType != rooms[room]?.gameType {
            let problem = Problem(.wrongGame, "That room is of another game.")
            return [.send(ServerMessage.failure(command.resultType, id: message.id, room: room, problem))]
        }
        let request = Action.toRoom(room, RoomRequest(id: message.id, command: command))
        switch command {
        case .move:
            unansweredMoves[room] = (unansweredMoves[room] ?? 0) + 1
            return [request]
        case .resync: return [.forgetBase(room), request]
        default: return [request]
        }
    }

    private func watchesEnough(besides room: RoomID?) -> Bool {
        if let room, rooms[room] != nil { return false }
        return rooms.values.count { $0.seat == nil } >= Limits.watchedRooms
    }

    private func room(of message: ClientMessage) -> RoomID? {
        message.room ?? (rooms.count == 1 ? rooms.keys.first : nil)
    }

    private mutating func violation(
        _ resultType: String?, _ id: MessageID?, _ problem: Problem, at now: NIODeadline
    ) -> [Action] {
        let end = violate(at: now)
        return end.isEmpty ? [.send(ServerMessage.failure(resultType, id: id, problem))] : end
    }

    private mutating func tooMany(
        _ what: String, _ limit: LimitName, _ resultType: String?, _ id: MessageID?, _ wait: Duration,
        at now: NIODeadline
    ) -> [Action] {
        let problem = Problem(.rateLimited, "That is too many \(what).", retryAfter: wait)
        return violation(resultType, id, problem, at: now) + [.refused(limit)]
    }

    /// - Returns: the end, when it was one violation too many.
    private mutating func violate(_ cost: Double = 1, at now: NIODeadline) -> [Action] {
        violations.take(cost, at: now) == nil ? [] : [.close(.tooManyViolations)]
    }
}

/// A command on its way to its room.
struct RoomRequest: Sendable {
    let id: MessageID?
    let command: RoomCommand
}

extension ClientRequest {
    /// What a message costs of a client's rate, by the work it makes.
    var cost: Double {
        switch self {
        case .ping, .unwatchLobby: 1
        // A signature is the costliest thing that a message can ask for.
        case .authenticate, .refreshToken: 8
        case .inRoom(let command):
            switch command {
            // A state may be as large as a view, whatever the question was.
            case .resync: 4
            case .addBot, .removeBot: 2
            default: 1
            }
        case .join, .reconnect: 4
        // A hundred rooms are written down.
        case .listRooms, .watchLobby: 10
        }
    }
}
