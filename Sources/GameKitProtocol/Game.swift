/// The rules of one game, as a value: an instance *is* the state of one round.
///
/// The server calls every member on one thread per room, never two at a time. A game sees nothing of the world but its
/// own fields and the ``GameTable``: no clock, no I/O, no `async`, no globals. So the same inputs give the same round on
/// every machine, and a room can be replayed, moved and recovered.
///
/// `Codable` is the format of its snapshots, `Equatable` lets tests and replays compare rounds. Keep `Set` and
/// `Dictionary` out of the state: their order differs from process to process.
public protocol Game: Codable, Equatable, Sendable {
    /// What a player may ask for. Untrusted: decoded from a client's JSON, so every value of the type can arrive.
    associatedtype Move: Codable & Sendable

    /// What one viewer may see, at most 64 KiB as JSON. Has no default, so that nothing is shown by forgetting it:
    /// a game without secrets says `typealias View = Self`.
    associatedtype View: Encodable & Sendable

    /// What whoever makes the room may choose. Untrusted, checked by ``seats(for:)``.
    associatedtype Options: Codable & Equatable & Sendable = NoOptions

    /// What happened, told once and in order. An enum, whose case `rolled(seat:value:)` becomes
    /// `{"event":"rolled","seat":0,"value":3}` on the wire.
    associatedtype Event: Encodable & Equatable & Sendable = Never

    /// Names of the timers that ``GameTable/after(_:_:)`` starts.
    associatedtype Timer: Codable & Hashable & Sendable = Never

    typealias Table = GameTable<Self>

    static var manifest: GameManifest { get }

    /// The options of a room whose maker chose none; what a maker leaves out is taken from here, key by key.
    static var defaultOptions: Options { get }

    /// Checks the options when a room is made and says how many may sit. The upper bound is the size of the table; the
    /// lower bound is how many a round needs.
    /// - Throws: a refusal, which whoever asked for the room gets as `bad_options`.
    static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int>

    /// Starts a round with everybody seated. `previous` is the round before it in the same room, if this is a rematch.
    init(at table: inout Table, after previous: Self?)

    /// Who may move now. A move of anybody else is refused as `not_your_turn` before ``play(_:by:at:)`` is called; bots
    /// and turn timers are driven by it.
    var toMove: SeatSet { get }

    /// Applies one move of a seat in ``toMove``.
    /// - Throws: a refusal for the player. The round, the table and its random source then stay as they were.
    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal)

    /// The end of the round, or nil while it goes on. Asked after every change.
    var outcome: Outcome? { get }

    /// What `viewer` sees. In a game whose manifest does not say ``GameManifest/hasSecrets`` only the spectator's view
    /// is ever asked for, and everybody gets it.
    func view(for viewer: Viewer) -> View

    /// One step of fixed length, ``GameManifest/ticksPerSecond`` times a second of room time.
    mutating func tick(at table: inout Table)

    /// A timer that this round started has run out.
    mutating func timerFired(_ timer: Timer, at table: inout Table)

    /// A seat was taken during the round (only where the manifest's ``GameManifest/lateSeats`` allow it).
    mutating func seated(_ seat: Seat, at table: inout Table)

    /// A seat is out of this round for good: its player left, was kicked, did not come back in time, or forfeited. The
    /// room ends the round by itself when at most one seat is left in it; before that ``toMove`` must no longer wait
    /// for this seat.
    mutating func left(_ seat: Seat, at table: inout Table)

    /// A seat lost its connection; it is kept for a while.
    mutating func away(_ seat: Seat, at table: inout Table)

    /// A seat has its connection again.
    mutating func back(_ seat: Seat, at table: inout Table)

    /// A seat in ``toMove`` let its turn time run out. The default is ``GameTable/forfeit(_:)``.
    mutating func timedOut(_ seat: Seat, at table: inout Table)

    /// A bot's choice, from no more than a player at that seat sees. `random` is not the room's, so a bot's thinking
    /// changes no roll. nil: nothing to do now.
    static func choose(for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom) -> Move?

    /// Whether ``choose(for:seeing:level:random:)`` plays; without it `add_bot` is answered `no_bot`.
    static var hasBot: Bool { get }

    /// Reads a snapshot that an older ``GameManifest/rulesVersion`` wrote. nil: the room is closed as `rules_changed`.
    static func migrate(from rulesVersion: Int, _ snapshot: any Decoder) throws -> Self?
}

extension Game {
    public static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> { manifest.seats }
    public var toMove: SeatSet { .all }
    public mutating func tick(at table: inout Table) {}
    public mutating func seated(_ seat: Seat, at table: inout Table) {}
    public mutating func left(_ seat: Seat, at table: inout Table) {}
    public mutating func away(_ seat: Seat, at table: inout Table) {}
    public mutating func back(_ seat: Seat, at table: inout Table) {}
    public mutating func timedOut(_ seat: Seat, at table: inout Table) { table.forfeit(seat) }
    public static var hasBot: Bool { false }
    public static func migrate(from rulesVersion: Int, _ snapshot: any Decoder) throws -> Self? { nil }

    public static func choose(
        for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom
    ) -> Move? { nil }
}

/// Only a game without timers may leave this out: one that starts a timer and forgets it does not compile.
extension Game where Timer == Never {
    public mutating func timerFired(_ timer: Never, at table: inout Table) {}
}

extension Game where View == Self {
    public func view(for viewer: Viewer) -> Self { self }
}

extension Game where Options == NoOptions {
    public static var defaultOptions: NoOptions { NoOptions() }
}

/// The options of a game that has none.
public struct NoOptions: Codable, Equatable, Sendable {
    public init() {}
}

/// How well a bot plays: 1, 2 or 3 on the wire.
public enum BotLevel: Int, Codable, Sendable, CaseIterable {
    case easy = 1
    case medium = 2
    case hard = 3
}

/// Who looks at a round.
public enum Viewer: Hashable, Sendable {
    case seat(Seat)
    case spectator

    public var seat: Seat? { if case .seat(let seat) = self { seat } else { nil } }
}
