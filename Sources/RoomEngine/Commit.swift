public import GameKitProtocol

/// What came of one input.
public enum Verdict: Equatable, Sendable {
    /// Nothing has changed.
    case refused(RoomRefusal)
    /// This move was applied before; this is what it was told.
    case repeated(MoveReceipt)
    case committed(Commit)
    /// The input was already true.
    case unchanged
    /// The game broke what games are held to (why is for its developer); the room must be closed.
    case broken(String)
}

/// One step of a room: what must be told because of it, in this order, before the state.
public struct Commit: Equatable, Sendable {
    public enum Message: Equatable, Sendable {
        /// To everybody.
        case event(NumberedEvent)
        /// A game's event without a number, as JSON: to everybody, and to one seat.
        case hint(String)
        case whisper(String, to: Seat)
    }

    /// A seat that was given up with this step. Whoever held it is told, and not told anything further.
    public struct Departure: Equatable, Sendable {
        public let seat: Seat
        public let holder: String?
        public let user: String?
        public let reason: LeaveReason
    }

    /// A seat whose player has gone on as another client. The one before is not told anything further.
    public struct Handover: Equatable, Sendable {
        public let seat: Seat
        public let from: String?
    }

    public let version: UInt64
    public internal(set) var messages: [Message] = []
    public internal(set) var departures: [Departure] = []
    public internal(set) var handover: Handover?
    /// Whether the state is sent now; between two of them a ticking game's state is left out.
    public internal(set) var showsState = true

    /// How many numbered events it tells.
    public var eventCount: UInt64 { UInt64(messages.count { if case .event = $0 { true } else { false } }) }

    /// Whether it must be stored before it is told, in a room that does not store every input.
    public var isLandmark: Bool {
        !departures.isEmpty || handover != nil || eventCount > 0
    }
}

/// Why a room did not take an input. The names are the protocol's error codes.
public enum RoomRefusal: Error, Equatable, Sendable {
    case roomFull
    case gameRunning
    case seatTaken
    case forbidden(String)
    case notAPlayer
    case notStarted
    case gameOver
    case paused
    case idReused
    case noBot
    case moveRefused(Refusal)
}
