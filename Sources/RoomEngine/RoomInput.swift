public import GameKitProtocol

/// A fact that a room is told. Rooms change by nothing else, so the list of them, each with its room time, is a room's
/// history.
///
/// `Move` is the game's own type inside the engine, and the text of a client's message outside.
public enum RoomInput<Move> {
    /// Somebody takes the seat, or the first free one.
    case seated(Newcomer, at: Seat?)
    case left(Seat, LeaveReason)
    /// The user who sits there plays on as another client, by whom the seat is held from now on.
    case takenOver(Seat, by: String?)
    /// The connection behind a seat is gone, is there again.
    case away(Seat)
    case back(Seat)
    case readied(Seat, Bool)
    /// The seat's player wants another round.
    case voted(Seat)
    case locked(Bool)
    case moved(Seat, Move, id: MoveID?)
    /// One step of a real-time game.
    case ticked
    /// Deadlines have passed: ``RoomEngine/nextDeadline`` was reached.
    case timePassed
    /// The server was started again: nobody is connected any more, and everybody's grace begins anew.
    case resumed
}

extension RoomInput: Sendable where Move: Sendable {}
extension RoomInput: Equatable where Move: Equatable {}
extension RoomInput: Encodable where Move: Encodable {}
extension RoomInput: Decodable where Move: Decodable {}

/// Why a seat was given up.
public enum LeaveReason: String, Codable, Sendable { case left, expired, kicked }
