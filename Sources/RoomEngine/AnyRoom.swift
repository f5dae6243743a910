public import JSONCoding
public import GameKitProtocol

/// A room whose game is no longer known by type. Owned by one shard and used on its event loop alone.
public struct AnyRoom {
    /// What came of an input, and what to write to the log if it was committed.
    public struct Applied {
        public let verdict: Verdict
        public let logEntry: [UInt8]?

        @inlinable
        init(verdict: Verdict, logEntry: [UInt8]?) {
            self.verdict = verdict
            self.logEntry = logEntry
        }
    }

    /// A ``RoomFunctions/Table`` of the functions' game.
    private let table: AnyObject
    private let functions: RoomFunctions

    /// - Parameter functions: of the same game, and one for all its rooms.
    @usableFromInline
    init<G: Game>(_ engine: RoomEngine<G>, _ functions: RoomFunctions) {
        table = RoomFunctions.Table(engine)
        self.functions = functions
    }

    /// Tells the room a fact, a move being the untrusted text of one. With `logging`, a commit comes with its log entry.
    public func apply(_ input: RoomInput<ArraySlice<UInt8>>, _ now: Duration, _ logging: Bool) -> Applied {
        functions.apply(table, input, now, logging)
    }

    /// One step of a real-time game. The same as applying ``RoomInput/ticked``, without the way there.
    public func tick(_ now: Duration) -> Verdict { functions.tick(table, now) }

    /// Applies an entry of the log again, and returns the last commit it led to.
    /// - Throws: ``ReplayFault``. The room is then worth nothing.
    public func replay(_ logEntry: [UInt8]) throws(ReplayFault) -> Commit { try functions.replay(table, logEntry) }

    /// What two runs of the same inputs agree on; see ``RoomSnapshot/fingerprint(upTo:)``.
    public func fingerprint() -> UInt64? { functions.fingerprint(table) }

    /// The state as the store keeps it.
    public func snapshot() throws -> [UInt8] { try functions.snapshot(table) }

    /// What a viewer sees, as JSON; nil before the first start.
    public func view(_ viewer: Viewer) throws -> [UInt8]? { try functions.view(table, viewer) }

    public func status() -> RoomStatus { functions.status(table) }
    public func facts() -> RoomFacts { functions.facts(table) }
    public func events(_ seq: UInt64, _ limit: Int) -> [NumberedEvent] { functions.events(table, seq, limit) }
    public func nextDeadline() -> Duration? { functions.nextDeadline(table) }
    public func isTicking() -> Bool { functions.isTicking(table) }
    public func botsToMove() -> SeatSet { functions.botsToMove(table) }

    /// Lets the bot on a seat choose; nil when it wants nothing now.
    public func botMove(_ seat: Seat, _ random: inout SeededRandom) -> [UInt8]? {
        functions.botMove(table, seat, &random)
    }

    /// The newest room time that the room was told.
    public func now() -> Duration { functions.now(table) }
}

/// What can be done with the rooms of one game; made once, where the game's type is known.
///
/// A record of closures and not a class behind a protocol, because closures made in an inlinable initialiser are
/// specialised for the game, which a generic class behind an existential never is.
@usableFromInline
final class RoomFunctions: Sendable {
    /// Where a room's engine stands.
    @usableFromInline
    final class Table<G: Game> {
        @usableFromInline var engine: RoomEngine<G>

        @inlinable
        init(_ engine: RoomEngine<G>) { self.engine = engine }
    }

    @usableFromInline typealias Room = AnyObject

    @usableFromInline let apply: @Sendable (Room, RoomInput<ArraySlice<UInt8>>, Duration, Bool) -> AnyRoom.Applied
    @usableFromInline let tick: @Sendable (Room, Duration) -> Verdict
    @usableFromInline let replay: @Sendable (Room, [UInt8]) throws(ReplayFault) -> Commit
    @usableFromInline let fingerprint: @Sendable (Room) -> UInt64?
    @usableFromInline let snapshot: @Sendable (Room) throws -> [UInt8]
    @usableFromInline let view: @Sendable (Room, Viewer) throws -> [UInt8]?
    @usableFromInline let status: @Sendable (Room) -> RoomStatus
    @usableFromInline let facts: @Sendable (Room) -> RoomFacts
    @usableFromInline let events: @Sendable (Room, UInt64, Int) -> [NumberedEvent]
    @usableFromInline let nextDeadline: @Sendable (Room) -> Duration?
    @usableFromInline let isTicking: @Sendable (Room) -> Bool
    @usableFromInline let botsToMove: @Sendable (Room) -> SeatSet
    @usableFromInline let botMove: @Sendable (Room, Seat, inout SeededRandom) -> [UInt8]?
    @usableFromInline let now: @Sendable (Room) -> Duration

    @inlinable
    init<G: Game>(_ game: G.Type) {
        apply = { room, input, now, logging in
            guard let input = input.decoded(as: G.Move.self) else {
                return AnyRoom.Applied(verdict: .refused(.moveRefused(.badMove)), logEntry: nil)
            }
            return Self.use(room, of: game) { engine in
                let verdict = engine.apply(input, at: now)
                guard logging, case .committed = verdict else {
                    return AnyRoom.Applied(verdict: verdict, logEntry: nil)
                }
                return AnyRoom.Applied(verdict: verdict, logEntry: engine.logEntry(input, at: now))
            }
        }
        tick = { room, now in Self.use(room, of: game) { $0.apply(.ticked, at: now) } }
        replay = { room, entry throws(ReplayFault) in
            try Self.use(room, of: game) { engine throws(ReplayFault) in try engine.replay(entry) }
        }
        fingerprint = { room in Self.use(room, of: game) { $0.snapshot.fingerprint() } }
        snapshot = { room in try Self.use(room, of: game) { try CanonicalJSON.encode($0.snapshot) } }
        view = { room, viewer in
            let view = Self.use(room, of: game) { $0.view(for: viewer) }
            return try view.map { view in try CanonicalJSON.encode(view) }
        }
        status = { room in Self.use(room, of: game) { $0.status } }
        facts = { room in Self.use(room, of: game) { $0.facts } }
        events = { room, seq, limit in Self.use(room, of: game) { $0.events(after: seq, limit: limit) } }
        nextDeadline = { room in Self.use(room, of: game) { $0.nextDeadline } }
        isTicking = { room in Self.use(room, of: game) { $0.isTicking } }
        botsToMove = { room in Self.use(room, of: game) { $0.botsToMove } }
        botMove = { room, seat, random in
            let move = Self.use(room, of: game) { $0.botMove(seat, random: &random) }
            return move.flatMap { move in try? CanonicalJSON.encode(move) }
        }
        now = { room in Self.use(room, of: game) { $0.now } }
    }

    /// Lends the engine of a room where it stands: to read one from a class is to copy all of it.
    /// - Parameter room: of these functions' own game, as ``AnyRoom`` sees to.
    @inlinable
    static func use<G: Game, Result, Failure: Error>(
        _ room: Room, of game: G.Type, _ body: (inout RoomEngine<G>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(&unsafeDowncast(room, to: Table<G>.self).engine)
    }
}

extension RoomInput where Move == ArraySlice<UInt8> {
    /// The same input with its move read; nil when that is no move of the game. Called by ``AnyRoom``.
    public func decoded<Other: Decodable>(as type: Other.Type) -> RoomInput<Other>? {
        switch self {
        case .moved(let seat, let text, let id):
            guard let move = try? JSONReader.decode(type, from: text) else { return nil }
            return .moved(seat, move, id: id)
        case .seated(let newcomer, let seat): return .seated(newcomer, at: seat)
        case .left(let seat, let reason): return .left(seat, reason)
        case .takenOver(let seat, let holder): return .takenOver(seat, by: holder)
        case .away(let seat): return .away(seat)
        case .back(let seat): return .back(seat)
        case .readied(let seat, let ready): return .readied(seat, ready)
        case .voted(let seat): return .voted(seat)
        case .locked(let locked): return .locked(locked)
        case .ticked: return .ticked
        case .timePassed: return .timePassed
        case .resumed: return .resumed
        }
    }
}
