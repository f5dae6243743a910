internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// Reads what clients send. The only place that knows the shapes of requests.
enum MessageReader {
    /// A message that could not be read, with as much of its envelope as the answer needs.
    struct Failure: Error, Equatable {
        var problem: Problem
        var id: MessageID?
        var resultType: String?
    }

    /// - Parameter text: the payload of one frame, known to be UTF-8.
    static func read(_ text: ArraySlice<UInt8>) throws(Failure) -> ClientMessage {
        let members: [JSONScanner.Member]?
        do throws(JSONFault) {
            members = try JSONScanner.members(of: text)
        } catch {
            throw Failure(problem: problem(of: error))
        }
        guard let members else { throw Failure(problem: .init(.badMessage, "A message is a JSON object.")) }
        let envelope = Fields(members)

        var failure = Failure(problem: .internal)
        do throws(Problem) {
            if let raw = envelope.raw("id") {
                guard let id = MessageID(raw) else {
                    throw envelope.problem("id", "must be 1 to 64 printable characters or a whole number")
                }
                failure.id = id
            }
            guard let type = try envelope.string("type") else { throw envelope.problem("type", "is missing") }
            failure.resultType = resultTypes[type] ?? nil
            guard resultTypes.keys.contains(type) else {
                throw Problem(.unknownType, "There is no message of that type.")
            }
            let gameType = try envelope.string("gameType")
            let data = try object(envelope.raw("data"))
            let request = try request(type, data, raw: envelope.raw("data"))
            let room = try room(in: envelope, or: data, of: request)
            return ClientMessage(id: failure.id, room: room, gameType: gameType, request: request)
        } catch {
            failure.problem = error
            throw failure
        }
    }

    private static let resultTypes: [String: String?] = [
        "authenticate": "authenticate_result", "refresh_token": "refresh_token_result",
        "join_room": "join_room_result", "leave_room": "leave_room_result", "reconnect": "reconnect_result",
        "make_move": "make_move_result", "resync": nil, "ready": "ready_result", "rematch": "rematch_result",
        "add_bot": "add_bot_result", "remove_bot": "remove_bot_result", "kick": "kick_result",
        "lock": "lock_result", "unlock": "unlock_result", "chat": "chat_result", "get_room_list": nil,
        "watch_lobby": "watch_lobby_result", "unwatch_lobby": "unwatch_lobby_result", "ping": nil,
    ]

    private static func request(
        _ type: String, _ data: Fields, raw: ArraySlice<UInt8>?
    ) throws(Problem) -> ClientRequest {
        switch type {
        case "authenticate": return .authenticate(token: try required("token", try data.string("token"), data))
        case "refresh_token": return .refreshToken(token: try required("token", try data.string("token"), data))
        case "join_room": return .join(try join(data))
        case "leave_room": return .inRoom(.leave)
        case "reconnect": return .reconnect(try reconnect(data))
        case "make_move":
            guard let raw else { throw .badField("data", "data is missing.") }
            return .inRoom(.move(raw))
        case "resync": return .inRoom(.resync)
        case "ready": return .inRoom(.ready(try data.bool("ready") ?? true))
        case "rematch": return .inRoom(.rematch)
        case "add_bot":
            let level = try data.integer("level", in: 1...3).flatMap(BotLevel.init) ?? .medium
            return .inRoom(.addBot(seat: try seat(data), level: level))
        case "remove_bot": return .inRoom(.removeBot(seat: try seat(data)))
        case "kick": return .inRoom(.kick(try required("seat", try seat(data), data)))
        case "lock": return .inRoom(.lock(true))
        case "unlock": return .inRoom(.lock(false))
        case "chat": return .inRoom(.chat(try ChatText.check(try required("text", try data.string("text"), data))))
        case "get_room_list": return .listRooms
        case "watch_lobby": return .watchLobby
        case "unwatch_lobby": return .unwatchLobby
        default:
            guard raw?.count ?? 0 <= Limits.pingBytes else {
                throw .badField("data", "data may have \(Limits.pingBytes) bytes.")
            }
            return .ping(raw)
        }
    }

    private static func join(_ data: Fields) throws(Problem) -> JoinRequest {
        var join = JoinRequest()
        join.name = try data.string("name").map { name throws(Problem) in try PlayerName.check(name) }
        join.isSpectator = try data.choice("as", ["player": false, "spectator": true]) ?? false
        join.seat = try seat(data)
        join.creates = try data.bool("create") ?? false
        join.visibility = try data.choice("visibility", RoomVisibility.names) ?? .public
        join.sync = try data.choice("sync", ["full": .full, "patch": .patch]) ?? .full
        join.history = try data.integer("history", in: 0...Limits.wantedHistory) ?? 0
        join.token = try data.string("token")
        if let options = data.raw("options") {
            guard options.first == UInt8(ascii: "{") else { throw data.problem("options", "must be an object") }
            guard options.count <= Limits.optionsBytes else { throw data.problem("options", "is too long") }
            join.options = Array(options)
        }
        return join
    }

    private static func reconnect(_ data: Fields) throws(Problem) -> ReconnectRequest {
        var request = ReconnectRequest(clientId: try required("clientId", try data.string("clientId"), data))
        request.sync = try data.choice("sync", ["full": .full, "patch": .patch]) ?? .full
        let range = 0...Int(MessageID.maxNumber)
        let epoch = try data.integer("lastEpoch", in: range).map(UInt64.init)
        _ = try data.integer("lastVersion", in: range)
        if let seq = try data.integer("lastSeq", in: range) {
            request.last = LastSeen(seq: UInt64(seq), epoch: epoch)
        }
        return request
    }

    private static func object(_ text: ArraySlice<UInt8>?) throws(Problem) -> Fields {
        guard let text else { return Fields([]) }
        guard let members = (try? JSONScanner.members(of: text)) ?? nil else {
            throw .badField("data", "data must be an object.")
        }
        return Fields(members)
    }

    /// An id that no room can have is answered like one that no room has.
    private static func room(
        in envelope: Fields, or data: Fields, of request: ClientRequest
    ) throws(Problem) -> RoomID? {
        var text = try envelope.string("roomId")
        if case .reconnect = request, text == nil { text = try data.string("roomId") }
        guard let text else { return nil }
        guard let room = RoomID(rawValue: text) else {
            switch request {
            case .join: throw .roomNotFound
            case .reconnect: throw .sessionNotFound
            case .inRoom: throw .notInRoom
            case .authenticate, .refreshToken, .listRooms, .watchLobby, .unwatchLobby, .ping: return nil
            }
        }
        return room
    }

    private static func seat(_ data: Fields) throws(Problem) -> Seat? {
        try data.integer("seat", in: 0...SeatSet.capacity - 1).map { Seat($0) }
    }

    private static func required<Value>(
        _ name: String, _ value: Value?, _ data: Fields
    ) throws(Problem) -> Value {
        guard let value else { throw data.problem(name, "is missing") }
        return value
    }

    private static func problem(of fault: JSONFault) -> Problem {
        switch fault {
        case .malformed(let offset): .init(.badJSON, "This is not JSON, from byte \(offset) on.")
        case .tooDeep: .init(.badJSON, "This is nested more than \(JSONScanner.maxDepth) levels deep.")
        case .duplicateKey(let key): .init(.badMessage, "A key stands twice in one object.", field: key)
        }
    }
}
