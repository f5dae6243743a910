internal import JSONCoding
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
