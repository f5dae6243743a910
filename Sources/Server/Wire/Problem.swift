internal import GameKitProtocol
internal import RoomEngine

/// Why a request was not carried out, as its sender is told.
struct Problem: Error, Equatable, Sendable {
    var code: ErrorCode
    /// For people.
    var message: String
    /// A game's own reason, for programs.
    var reason: String?
    var retryAfter: Duration?
    /// Which field of the message is wrong.
    var field: String?

    init(_ code: ErrorCode, _ message: String, reason: String? = nil, retryAfter: Duration? = nil, field: String? = nil)
    {
        self.code = code
        self.message = message
        self.reason = reason
        self.retryAfter = retryAfter
        self.field = field
    }

    static func badField(_ field: String, _ message: String) -> Self { .init(.badMessage, message, field: field) }

    static let notInRoom = Problem(.notInRoom, "You are not in that room.")
    static let roomNotFound = Problem(.roomNotFound, "There is no such room.")
    static let sessionNotFound = Problem(.sessionNotFound, "There is no seat of yours to come back to.")
    static let sessionExpired = Problem(.sessionExpired, "Your seat was given up: you were away for too long.")
    static let storeUnavailable = Problem(
        .storeUnavailable, "The server cannot save right now. Nothing is lost; try again.", retryAfter: .seconds(1))
    static let draining = Problem(
        .draining, "The server is about to stop. Connect again in a moment.", retryAfter: .seconds(2))
    static let `internal` = Problem(.internal, "Something went wrong on the server.")

    init(_ refusal: RoomRefusal) {
        switch refusal {
        case .roomFull: self.init(.roomFull, "Every seat is taken.")
        case .gameRunning: self.init(.gameRunning, "The game is under way.")
        case .seatTaken: self.init(.seatTaken, "That seat is not free.")
        case .forbidden(let why): self.init(.forbidden, why)
        case .notAPlayer: self.init(.notAPlayer, "Only players can do that.")
        case .notStarted: self.init(.notStarted, "The game has not started yet.")
        case .gameOver: self.init(.gameOver, "The game is over.")
        case .paused: self.init(.paused, "The game is paused.")
        case .idReused: self.init(.idReused, "That id was used for another move.")
        case .noBot: self.init(.noBot, "This game has no bots.")
        case .moveRefused(let refusal): self.init(.moveRefused, refusal.message, reason: refusal.reason)
        }
    }
}
