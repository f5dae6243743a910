/// What the server must know of a game before anybody plays it.
public struct GameManifest: Hashable, Sendable {
    /// When a waiting room starts its first round.
    public enum Start: Hashable, Sendable {
        /// As soon as every seat is taken.
        case whenFull
        /// When everybody seated has said `ready`, at least as many as a round needs.
        case whenAllReady
    }

    /// What of a room outlives a crash of its server.
    public enum Durability: Hashable, Sendable {
        /// Nothing is told before the store has it: a crash loses nothing that anybody saw.
        case everyInput
        /// A snapshot every so often; seating, starts, numbered events and ends are stored before they are told.
        case periodic(Duration)
        /// Nothing is stored.
        case none
    }

    /// What a lost connection means to a round under way.
    public enum Absence: Hashable, Sendable {
        case goesOn
        /// Room time stands still until the player is back or the seat's grace is over.
        case pauses
    }

    /// The name on the wire: `gameType`. 1...32 of `a-z0-9_-`.
    public var type: String
    /// The name for people.
    public var name: String
    /// How few and how many may play, over all options.
    public var seats: ClosedRange<Int>
    public var start: Start
    /// 0: nothing happens but by moves and timers.
    public var ticksPerSecond: Int
    /// How often a ticking game's state is sent when nothing else makes it so. A move and an event show the state at once.
    public var statesPerSecond: Int
    /// How long whoever is to move may think, or nil for ever. See ``Game/timedOut(_:at:)``.
    public var turnLimit: Duration?
    /// How long a seat is kept for a player whose connection is lost.
    public var grace: Duration
    public var absence: Absence
    /// Whether a free seat may be taken while a round is under way.
    public var lateSeats: Bool
    /// Whether views differ. If not, everybody is sent the spectator's view, encoded once: forgetting this hides too
    /// much, never too little.
    public var hasSecrets: Bool
    public var durability: Durability
    /// Raised whenever old inputs would be played differently.
    public var rulesVersion: Int

    /// - Precondition: the name and the bounds above hold; they are a programmer's constants.
    public init(
        type: String, name: String, seats: ClosedRange<Int>, start: Start = .whenFull, ticksPerSecond: Int = 0,
        statesPerSecond: Int = 20, turnLimit: Duration? = nil, grace: Duration = .seconds(30),
        absence: Absence = .goesOn, lateSeats: Bool = false, hasSecrets: Bool = false, durability: Durability? = nil,
        rulesVersion: Int = 1
    ) {
        precondition(
            1...32 ~= type.utf8.count && type.utf8.allSatisfy(Self.isNameByte), "a type is 1...32 of a-z0-9_-: \(type)")
        precondition(seats.lowerBound >= 1 && seats.upperBound <= SeatSet.capacity, "a table has 1...64 seats")
        precondition(0...240 ~= ticksPerSecond && 1...240 ~= statesPerSecond, "at most 240 ticks and states a second")
        self.type = type
        self.name = name
        self.seats = seats
        self.start = start
        self.ticksPerSecond = ticksPerSecond
        self.statesPerSecond = statesPerSecond
        self.turnLimit = turnLimit
        self.grace = grace
        self.absence = absence
        self.lateSeats = lateSeats
        self.hasSecrets = hasSecrets
        self.durability = durability ?? (ticksPerSecond == 0 ? .everyInput : .periodic(.milliseconds(250)))
        self.rulesVersion = rulesVersion
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
