internal import NIOCore

/// Into a room where strangers wait, and out again at once.
enum Visit {
    enum Step: Equatable {
        /// Nothing that has to do with it.
        case other
        /// The seat is taken.
        case joined
        /// It is free again.
        case left
        case refused
    }

    static func begin(_ client: Int, due: NIODeadline?, _ load: inout Load) {
        load.ask(client, due: due) { #"{"type":"join_room","id":\#($0),"gameType":"\#(OpenRooms.gameType)"}"# }
    }

    /// Leaves as soon as it has joined.
    static func heard(_ message: Message, by client: Int, _ load: inout Load) -> Step {
        switch message.kind {
        case .joinResult where message.isRefusal, .leaveResult where message.isRefusal: return .refused
        case .joinResult:
            load.ask(client) { #"{"type":"leave_room","id":\#($0)}"# }
            return .joined
        case .leaveResult: return .left
        default: return .other
        }
    }
}
