internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// A join on its way to a room.
struct Placement: Sendable {
    let sender: Sender
    let id: MessageID?
    var join: JoinRequest
    let room: RoomID?
    let gameType: String?
    /// What the client's token lets it into; nil: it has none that speaks of rooms.
    var pass: RoomPass?

    func refusal(_ problem: Problem) -> Delivery {
        .answer(Frame.text(ServerMessage.failure("join_room_result", id: id, room: room, problem)), to: .entrance)
    }

    /// What is compared when the same id comes again.
    var digest: UInt64 {
        var text = "\(room?.rawValue ?? "") \(gameType ?? "") \(join.isSpectator) \(join.seat?.rawValue ?? -1) "
        text += "\(join.creates) \(join.visibility) \(join.name ?? "") "
        return Digest.of(Array(text.utf8) + (join.options ?? []))
    }
}

/// A join as its room gets it.
struct JoinOrder: Sendable {
    let sender: Sender
    let id: MessageID?
    let join: JoinRequest
    /// The room was made for this join: if there is none, it could not be stored.
    var isFirst = false
    /// A seat was promised to this join; the room manager is told when that is settled.
    let isPromised: Bool
    /// Its token is for this room, or it needs none.
    var isInvited = false
}

/// Who wants a room to be made.
enum Creator: Equatable, Sendable {
    case client(ClientAddress, UserKey?)
    /// Whoever has the admin token: another server, for its users.
    case server(ClientAddress)

    /// Whether two requests come from the same: by user, since the addresses of phones change, else by address.
    func isSame(as other: Creator) -> Bool {
        switch (self, other) {
        case (.server, .server): true
        case (.client(let address, let user), .client(let otherAddress, let otherUser)):
            user == otherUser && (user != nil || address == otherAddress)
        case (.server, .client), (.client, .server): false
        }
    }

    var address: ClientAddress {
        switch self {
        case .client(let address, _), .server(let address): address
        }
    }
}

/// A room to be made.
struct NewRoom: Sendable {
    let header: RoomHeader
    let options: CheckedOptions
}
