public import GameKitProtocol

/// What a room tells everybody, numbered and once. The wire has a message for each case.
public enum RoomEvent: Codable, Equatable, Sendable {
    case playerJoined(seat: Seat, playerId: String, name: String, isBot: Bool)
    case playerLeft(seat: Seat, playerId: String, name: String, isBot: Bool, reason: LeaveReason)
    case playerDisconnected(seat: Seat, playerId: String, grace: Duration)
    case playerReconnected(seat: Seat, playerId: String)
    case gameStarted(round: Int)
    case gameEnded(Outcome)
    case rematchVoted(seat: Seat, votes: Int, needed: Int)
    case readyChanged(seat: Seat, ready: Bool)
    /// The game's own event, as the JSON object that the wire shows.
    case game(String)
}

/// A room event with its number: `seq`, from 1, without gaps.
public struct NumberedEvent: Codable, Equatable, Sendable {
    public let seq: UInt64
    /// Room time.
    public let at: Duration
    public let event: RoomEvent
}
