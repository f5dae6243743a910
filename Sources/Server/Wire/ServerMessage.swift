internal import JSONCoding
internal import RoomEngine
internal import SessionStore

/// The envelope of everything the server says. The messages of rooms, lobby and connections are made in the files beside
/// this one, each as the text of one frame.
enum ServerMessage {
    /// A message that is not about a room.
    static func plain(
        _ type: String, id: MessageID? = nil, data: ((inout JSONObject) -> Void)? = nil
    ) -> [UInt8] {
        var message = JSONObject()
        message.set("type", type)
        message.set("id", id)
        if let data { message.set("data", object: data) }
        return message.closed()
    }

    /// The answer to a request that was carried out.
    static func success(
        _ type: String, id: MessageID?, room: RoomID? = nil, at position: RoomPosition? = nil,
        data: ((inout JSONObject) -> Void)? = nil
    ) -> [UInt8] {
        var message = JSONObject()
        message.set("type", type)
        message.set("id", id)
        message.set("roomId", room?.rawValue)
        position?.write(to: &message)
        message.set("success", true)
        if let data { message.set("data", object: data) }
        return message.closed()
    }

    /// The answer to a request that was not.
    /// - Parameter resultType: nil where the protocol has no result for it.
    static func failure(
        _ resultType: String?, id: MessageID?, room: RoomID? = nil, _ problem: Problem
    ) -> [UInt8] {
        var message = JSONObject()
        message.set("type", resultType ?? "error")
        message.set("id", id)
        message.set("roomId", room?.rawValue)
        message.set("success", false)
        message.set("error", object: { problem.write(to: &$0) })
        return message.closed()
    }

    static func welcome(_ node: NodeFacts, clientId: String) -> [UInt8] {
        plain("welcome") { data in
            data.set("protocol", 1)
            data.set("server", "parlor/\(node.version)")
            data.set("nodeId", node.id)
            data.set("clientId", clientId)
            data.set("heartbeatSeconds", node.heartbeatSeconds)
            data.set("maxMessageBytes", Limits.messageBytes)
            data.set("games", json: node.games)
        }
    }

    static func pong(id: MessageID?, data: ArraySlice<UInt8>?, serverTime: Int64) -> [UInt8] {
        var object = JSONObject()
        let members = data.flatMap { (try? JSONScanner.members(of: $0)) ?? nil } ?? []
        var text: [UInt8] = [UInt8(ascii: "{")]
        for member in members where member.key != "serverTime" {
            CanonicalJSON.append(member.key, to: &text)
            text.append(UInt8(ascii: ":"))
            text.append(contentsOf: member.value)
            text.append(UInt8(ascii: ","))
        }
        text.append(contentsOf: "\"serverTime\":\(serverTime)}".utf8)
        object.set("type", "pong")
        object.set("id", id)
        object.set("data", json: text)
        return object.closed()
    }

    static func proven(_ type: String, id: MessageID?, _ proof: Proof) -> [UInt8] {
        success(type, id: id) { data in
            data.set("userId", proof.user.text)
            data.set("expiresAt", proof.expiresAt)
        }
    }

    static func tokenExpiring(at time: Int64) -> [UInt8] { plain("token_expiring") { $0.set("expiresAt", time) } }

    static func draining(reconnectAfter: Duration) -> [UInt8] {
        plain("server_draining") { $0.set("reconnectAfterMs", reconnectAfter.milliseconds) }
    }
}

/// What every connection is told of the server it reached.
struct NodeFacts: Sendable {
    let id: String
    let version: String
    let heartbeatSeconds: Int64
    /// The games, as the JSON list that `welcome` and `GET /api/games` show.
    let games: [UInt8]
}

/// Where in a room's history a message stands.
struct RoomPosition: Equatable, Sendable {
    var epoch: UInt64
    /// The last event already told.
    var seq: UInt64
    var version: UInt64

    func write(to message: inout JSONObject) {
        message.set("epoch", epoch)
        message.set("seq", seq)
        message.set("version", version)
    }
}

extension Problem {
    /// As the `error` of an answer.
    func write(to object: inout JSONObject) {
        object.set("code", code.rawValue)
        object.set("message", message)
        object.set("reason", reason)
        object.set("retryable", code.isRetryable)
        object.set("retryAfterMs", retryAfter?.milliseconds)
        if let field { object.set("details", object: { $0.set("field", field) }) }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Whole seconds, rounded up: what is told to people never ends before it is over.
    var secondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 ? seconds + 1 : seconds
    }
}
