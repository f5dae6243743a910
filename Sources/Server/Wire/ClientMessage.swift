internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// One message of a client, read and checked for form. What it asks for may still be impossible.
struct ClientMessage: Sendable {
    var id: MessageID?
    var room: RoomID?
    var gameType: String?
    var request: ClientRequest
}

/// What a client can ask for.
enum ClientRequest: Sendable {
    case authenticate(token: String)
    case refreshToken(token: String)
    case join(JoinRequest)
    case reconnect(ReconnectRequest)
    case inRoom(RoomCommand)
    case listRooms
    case watchLobby
    case unwatchLobby
    /// The text of its data.
    case ping(ArraySlice<UInt8>?)
}

/// What somebody in a room can ask of it.
enum RoomCommand: Sendable {
    /// The text of the move, which only the game can read.
    case move(ArraySlice<UInt8>)
    case leave
    case resync
    case ready(Bool)
    case rematch
    case addBot(seat: Seat?, level: BotLevel)
    case removeBot(seat: Seat?)
    case kick(Seat)
    case lock(Bool)
    case chat(String)
}

struct JoinRequest: Equatable, Sendable {
    var name: String?
    var isSpectator = false
    var seat: Seat?
    var creates = false
    var visibility = RoomVisibility.public
    /// A token for the room: a secret, and gone from here once it was looked at.
    var token: String?
    /// The text of an object.
    var options: [UInt8]?
    var sync = SyncMode.full
    /// How many of the last events and chat lines are wanted.
    var history = 0
}

struct ReconnectRequest: Equatable, Sendable {
    /// The secret itself: hashed at once, never kept.
    var clientId: String
    var last: LastSeen?
    var sync = SyncMode.full
}

/// Up to where a client that comes back has seen a room.
struct LastSeen: Equatable, Sendable {
    var seq: UInt64
    var epoch: UInt64?
}

/// How a client wants states: whole, or as patches of the one before.
enum SyncMode: String, Sendable { case full, patch }

extension ClientRequest {
    /// The type of the message that answers it; nil where only a problem is answered, by `error`.
    var resultType: String? {
        switch self {
        case .authenticate: "authenticate_result"
        case .refreshToken: "refresh_token_result"
        case .join: "join_room_result"
        case .reconnect: "reconnect_result"
        case .inRoom(let command): command.resultType
        case .watchLobby: "watch_lobby_result"
        case .unwatchLobby: "unwatch_lobby_result"
        case .listRooms, .ping: nil
        }
    }
}

extension RoomCommand {
    var resultType: String? {
        switch self {
        case .move: "make_move_result"
        case .leave: "leave_room_result"
        case .resync: nil
        case .ready: "ready_result"
        case .rematch: "rematch_result"
        case .addBot: "add_bot_result"
        case .removeBot: "remove_bot_result"
        case .kick: "kick_result"
        case .lock(let locks): locks ? "lock_result" : "unlock_result"
        case .chat: "chat_result"
        }
    }
}
