/// What is looked at of one message of a server. Untrusted; its bytes are valid only for the call that hands it on.
struct Message {
    enum Kind {
        case welcome, joinResult, moveResult, leaveResult, result
        case state, patch, chat, pong, roomClosed, draining, error
        /// Everything else: an event if it has a `seq`.
        case other
    }

    let byteCount: Int
    var kind = Kind.other
    var id: Int64?
    var room: UnsafeRawBufferPointer?
    var epoch: Int64?
    var seq: Int64?
    var version: Int64?
    /// Whether this says that something was refused.
    var isRefusal = false
    var errorCode: JSONSlice?
    var data: JSONSlice?

    /// - Returns: nil when the text is no object, or has no type.
    init?(_ text: UnsafeRawBufferPointer) {
        byteCount = text.count
        var walk = JSONWalk(JSONSlice(text))
        var type: UnsafeRawBufferPointer?
        while let member = walk.next() {
            let (key, value) = (member.key, member.value)
            if key.isEqual(to: "type") {
                type = value.quoted
            } else if key.isEqual(to: "data") {
                data = value
            } else if key.isEqual(to: "roomId") {
                room = value.quoted
            } else if key.isEqual(to: "epoch") {
                epoch = value.integer
            } else if key.isEqual(to: "seq") {
                seq = value.integer
            } else if key.isEqual(to: "version") {
                version = value.integer
            } else if key.isEqual(to: "id") {
                id = value.integer
            } else if key.isEqual(to: "success") {
                isRefusal = value.isWord("false")
            } else if key.isEqual(to: "error") {
                errorCode = value["code"]
            }
        }
        guard let type, walk.isComplete else { return nil }
        kind = Self.kind(of: type)
        if kind == .error { isRefusal = true }
    }

    private static func kind(of type: UnsafeRawBufferPointer) -> Kind {
        for (name, kind) in kinds where type.isEqual(to: name) { return kind }
        return type.suffix(7).elementsEqual("_result".utf8) ? .result : .other
    }

    /// The frequent ones first.
    private static let kinds: [(StaticString, Kind)] = [
        ("game_state", .state), ("chat", .chat), ("make_move_result", .moveResult), ("pong", .pong),
        ("join_room_result", .joinResult), ("leave_room_result", .leaveResult), ("welcome", .welcome),
        ("game_patch", .patch), ("room_closed", .roomClosed), ("server_draining", .draining), ("error", .error),
    ]
}
