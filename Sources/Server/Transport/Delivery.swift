internal import GameKitProtocol
internal import NIOCore
internal import SessionStore

/// What is brought to connections, by shards and managers.
enum Delivery: Sendable {
    /// A message to be kept in order.
    case message(ByteBuffer)
    /// A state, which a newer one may replace.
    case state(RoomState)
    /// The answer to a request, and what it was about.
    case answer(ByteBuffer, to: Settled)
    /// A request that needs no answer was handled.
    case settled(Settled)
    /// The connection is in a room now, in this place.
    case entered(RoomID, Membership)
    /// It is in it no longer.
    case left(RoomID)
    /// It was removed from a room by its host; without another room it is closed.
    case kicked(RoomID)
    /// It watches the room list of this game from now on, or of all; nil: it does no longer.
    case lobby(RoomList?)
    /// It is another client from now on, whose requests that waited may go on.
    case became(ClientKey, UserKey?)
    /// A token that it has shown was judged.
    case judged(TokenVerdict)
    case close(CloseCode)
}

/// Which kind of waiting is over with an answer.
enum Settled: Sendable {
    case nothing
    /// Nothing; but what was named, a client's secret or a room, does not exist. Somebody may be trying names.
    case guess
    /// One of the unanswered moves in a room.
    case move(RoomID)
    /// The list of rooms.
    case list
    /// The join or return that everything after it waited for.
    case entrance
    /// A request about a room.
    case request(RoomID)

    var room: RoomID? {
        switch self {
        case .move(let room), .request(let room): room
        case .nothing, .guess, .list, .entrance: nil
        }
    }
}

/// The rooms of one game, or of all.
struct RoomList: Hashable, Sendable {
    let gameType: String?
}

/// What thousands may be told of.
enum Watched: Hashable, Sendable {
    case room(RoomID)
    case lobby(RoomList)
}

/// What a connection is in a room.
struct Membership: Equatable, Sendable {
    /// nil for a spectator.
    var seat: Seat?
    var sync: SyncMode
    var gameType: String
    /// Whether its game ticks: a lost connection must be noticed sooner.
    var isRealTime: Bool
}

/// One delivery to connections of one loop.
struct Parcel: Sendable {
    enum Recipients: Equatable, Sendable {
        case one(ConnectionID)
        case each([ConnectionID])
        /// Those who watch this there.
        case gallery(Watched)
    }

    let to: Recipients
    let delivery: Delivery
}
