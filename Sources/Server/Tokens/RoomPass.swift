internal import SessionStore

/// What a token lets its holder into: an invitation to a room, or to the rooms of a game.
struct RoomPass: Equatable, Sendable {
    enum Role: String, Sendable { case player, spectator }

    /// nil: any room of the game.
    var room: RoomID?
    /// nil: any game.
    var gameType: String?
    /// nil: as whichever its holder likes.
    var role: Role?

    init(room: RoomID? = nil, gameType: String? = nil, role: Role? = nil) {
        self.room = room
        self.gameType = gameType
        self.role = role
    }

    /// nil: the token has none of these claims.
    init?(_ reader: ClaimReader) throws(TokenFault) {
        if let text = try reader.string("room") {
            guard let room = RoomID(rawValue: text) else { throw .malformed }
            self.room = room
        }
        gameType = try reader.string("game")
        if let text = try reader.string("role") {
            guard let role = Role(rawValue: text) else { throw .malformed }
            self.role = role
        }
        if self == RoomPass() { return nil }
    }

    /// Why its holder may not join like that; nil: nothing speaks against it.
    /// - Parameter room: nil: one that is yet to be made.
    func refusal(room: RoomID?, gameType: String, asSpectator: Bool) -> Problem? {
        guard self.room == nil || self.room == room else { return .wrongRoom }
        guard self.gameType == nil || self.gameType == gameType else { return .wrongRoom }
        return role == .spectator && !asSpectator ? .watchOnly : nil
    }

    /// Whether it speaks of rooms at all, and not of a role alone.
    var isInvitation: Bool { room != nil || gameType != nil }
}

extension Problem {
    static let wrongRoom = Problem(.forbidden, "That token is for another room.")
    static let watchOnly = Problem(.forbidden, "That token lets you watch, not play.")
    static let notInvited = Problem(.forbidden, "This room is for those who were invited: show a token for it.")
    static let noInvitations = Problem(.forbidden, "This server takes no tokens, and so has no rooms by invitation.")
    static let wrongHolder = Problem(.forbidden, "That token was given to somebody else.")
}
