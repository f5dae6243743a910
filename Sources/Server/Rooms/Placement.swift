internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// A join on its way to a room.
struct Placement: Sendable {
    let sender: Sender
    let id: MessageID?
    let join: JoinRequest
    let room: RoomID?
    let gameType: String?

    /// What is compared when the same id comes again.
    var digest: UInt64 {
        var text = "\(room?.rawValue ?? "") \(gameType ?? "") \(join.isSpectator) \(join.seat?.rawValue ?? -1) "
        text += "\(join.creates) \(join.isPrivate) \(join.name ?? "") "
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
}

/// A room to be made.
struct NewRoom: Sendable {
    let header: RoomHeader
    let options: CheckedOptions
}
