public import GameKitProtocol

public enum RoomPhase: String, Codable, Sendable { case waiting, playing, paused, finished }

/// What the envelope of a state says, beside the view. Cheap to make.
public struct RoomStatus: Equatable, Sendable {
    public let phase: RoomPhase
    public let version: UInt64
    public let seq: UInt64
    /// In room time: when the turn timer runs out, and until when a pause for somebody away can last.
    public let turnEnds: Duration?
    public let pauseEnds: Duration?
    public let outcome: Outcome?
    /// Since when, in room time, nobody sits there; and since when the game is over.
    public let emptySince: Duration?
    public let finishedSince: Duration?

    @usableFromInline
    init(
        phase: RoomPhase, version: UInt64, seq: UInt64, turnEnds: Duration?, pauseEnds: Duration?, outcome: Outcome?,
        emptySince: Duration?, finishedSince: Duration?
    ) {
        self.phase = phase
        self.version = version
        self.seq = seq
        self.turnEnds = turnEnds
        self.pauseEnds = pauseEnds
        self.outcome = outcome
        self.emptySince = emptySince
        self.finishedSince = finishedSince
    }
}

/// All that an outsider may know of a room's people. Made for joins and lists, not for every message.
public struct RoomFacts: Equatable, Sendable {
    public let chairs: [Occupant?]
    /// In room time, by seat.
    public let graceEnds: [Duration?]
    public let host: Seat?
    public let isLocked: Bool
    /// How many people must vote for a rematch, and how many have.
    public let votes: Int
    public let votesNeeded: Int
    public let minSeats: Int

    @usableFromInline
    init(
        chairs: [Occupant?], graceEnds: [Duration?], host: Seat?, isLocked: Bool, votes: Int, votesNeeded: Int,
        minSeats: Int
    ) {
        self.chairs = chairs
        self.graceEnds = graceEnds
        self.host = host
        self.isLocked = isLocked
        self.votes = votes
        self.votesNeeded = votesNeeded
        self.minSeats = minSeats
    }

    public var players: Int { chairs.count { $0 != nil } }
    public var people: Int { chairs.count { $0.map { !$0.isBot } ?? false } }

    public func seat(of holder: String) -> Seat? {
        chairs.firstIndex { $0?.holder == holder }.map { Seat($0) }
    }

    public func seat(ofUser user: String) -> Seat? {
        chairs.firstIndex { $0?.user == user }.map { Seat($0) }
    }
}
