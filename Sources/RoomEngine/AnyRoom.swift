public import JSONCoding
public import GameKitProtocol

/// A room whose game is no longer known by type: closures over its engine, made where the type was known.
///
/// A record of closures and not a class behind a protocol, because closures made in an inlinable initialiser are
/// specialised for the game, which a generic class behind an existential never is. Owned by one shard and used on its
/// event loop alone.
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

    /// Tells the room a fact, a move being the untrusted text of one. With `logging`, a commit comes with its log entry.
    public let apply: (_ input: RoomInput<ArraySlice<UInt8>>, _ now: Duration, _ logging: Bool) -> Applied
    /// One step of a real-time game. The same as applying ``RoomInput/ticked``, without the way there.
    public let tick: (_ now: Duration) -> Verdict
    /// Applies an entry of the log again, and returns the last commit it led to.
    /// - Throws: ``ReplayFault``. The room is then worth nothing.
    public let replay: (_ logEntry: [UInt8]) throws(ReplayFault) -> Commit
    /// What two runs of the same inputs agree on; see ``RoomSnapshot/fingerprint(upTo:)``.
    public let fingerprint: () -> UInt64?
    /// The state as the store keeps it.
    public let snapshot: () throws -> [UInt8]
    /// What a viewer sees, as JSON; nil before the first start.
    public let view: (_ viewer: Viewer) throws -> [UInt8]?
    public let status: () -> RoomStatus
    public let facts: () -> RoomFacts
    public let events: (_ seq: UInt64, _ limit: Int) -> [NumberedEvent]
    public let nextDeadline: () -> Duration?
    public let isTicking: () -> Bool
    public let botsToMove: () -> SeatSet
    /// Lets the bot on a seat choose; nil when it wants nothing now.
    public let botMove: (_ seat: Seat, _ random: inout SeededRandom) -> [UInt8]?
    /// The newest room time that the room was told.
    public let now: () -> Duration

    @inlinable
    public init<G: Game>(_ engine: RoomEngine<G>) {
        var engine = engine
        apply = { input, now, logging in
            guard let input = input.decoded(as: G.Move.self) else {
                return Applied(verdict: .refused(.moveRefused(.badMove)), logEntry: nil)
            }
            let verdict = engine.apply(input, at: now)
            guard logging, case .committed = verdict else { return Applied(verdict: verdict, logEntry: nil) }
            return Applied(verdict: verdict, logEntry: engine.logEntry(input, at: now))
        }
        tick = { now in engine.apply(.ticked, at: now) }
        replay = { entry throws(ReplayFault) in try engine.replay(entry) }
        fingerprint = { engine.snapshot.fingerprint() }
        snapshot = { try CanonicalJSON.encode(engine.snapshot) }
        view = { viewer in try engine.view(for: viewer).map { view in try CanonicalJSON.encode(view) } }
        status = { engine.status }
        facts = { engine.facts }
        events = { seq, limit in engine.events(after: seq, limit: limit) }
        nextDeadline = { engine.nextDeadline }
        isTicking = { engine.isTicking }
        botsToMove = { engine.botsToMove }
        botMove = { seat, random in
            engine.botMove(seat, random: &random).flatMap { move in try? CanonicalJSON.encode(move) }
        }
        now = { engine.now }
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
