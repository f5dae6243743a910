internal import JSONCoding
public import GameKitProtocol

/// A room's history on its way past an onlooker, entry by entry: what ``AnyRoom/replay`` does, with all it is told.
///
/// A record of closures for the same reason as ``RoomFunctions``. For tools; one at a time uses it.
public struct Playback {
    /// What a history begins at.
    public enum Beginning: Equatable, Sendable {
        /// An empty room of these options, rules and seed, as ``Playback/beginning`` wrote it. May come from anybody: games
        /// hold any options and moves to be untrusted.
        case new([UInt8])
        /// A room's state. Only of one's own making: a game may trap on a state that its own rules never lead to.
        case state([UInt8])
    }

    /// One entry, played.
    public struct Step: Sendable {
        /// The room time of its first commit.
        public let at: Duration
        /// A move being its JSON text.
        public let input: RoomInput<[UInt8]>
        /// How many commits it led to: more than one in a run of ticks.
        public let commits: Int
        /// The room's version after it.
        public let version: UInt64
        /// Whether it came with a hash, which then was that of the state it led to.
        public let isVerified: Bool
    }

    /// Plays an entry of the log or the archive; untrusted.
    /// - Parameter tell: told every commit that it leads to, in order.
    /// - Throws: ``ReplayFault``. The room is then worth nothing.
    public let play: (_ entry: [UInt8], _ tell: (Commit) -> Void) throws(ReplayFault) -> Step
    /// What it began at, with nothing in it that says who played: as ``Beginning/new(_:)`` unless older rules had a part in
    /// it. The names stay.
    public let beginning: Beginning
    /// The rules that its room keeps, which whoever reads a stranger's file has to hold to some bound.
    public let rules: RoomRules
    /// What a viewer sees, as JSON; nil before the first start.
    public let view: (_ viewer: Viewer) throws -> [UInt8]?
    public let status: () -> RoomStatus
    public let facts: () -> RoomFacts
    public let fingerprint: () -> UInt64?

    /// Called by ``GameEntry``.
    public init<G: Game>(_ beginning: Beginning, of game: G.Type) throws {
        var engine: RoomEngine<G>
        switch beginning {
        case .new(let text): engine = try JSONReader.decode(NewRoom<G>.self, from: text).engine()
        case .state(let text):
            engine = RoomEngine(restoring: try JSONReader.decode(RoomSnapshot<G>.self, from: text))
        }
        self.beginning = try Self.anonymous(engine.snapshot)
        rules = engine.snapshot.rules
        play = { (bytes, tell) throws(ReplayFault) in
            let entry = try LogEntry<G.Move>(untrusted: bytes, atMost: RoomEngine<G>.mostTicksOfRun)
            let commit = try engine.replay(entry, tell: tell)
            guard let input = entry.input.asJSON else { throw .unreadable }
            return Step(
                at: entry.at, input: input, commits: 1 + (entry.more ?? 0), version: commit.version,
                isVerified: entry.hash != nil)
        }
        view = { viewer in try engine.view(for: viewer).map { view in try CanonicalJSON.encode(view) } }
        status = { engine.status }
        facts = { engine.facts }
        fingerprint = { engine.snapshot.fingerprint() }
        withoutIdentity = { bytes in
            guard let entry = try? JSONReader.decode(LogEntry<G.Move>.self, from: bytes) else { return nil }
            return try? CanonicalJSON.encode(entry.withoutIdentity)
        }
    }

    /// The same entry, with nothing in it that says who played; nil when it is no entry of this game.
    public let withoutIdentity: (_ entry: [UInt8]) -> [UInt8]?

    private static func anonymous<G: Game>(_ snapshot: RoomSnapshot<G>) throws -> Beginning {
        let new = NewRoom<G>(rules: snapshot.rules, options: snapshot.options, seed: snapshot.seed)
        if let engine = try? new.engine(), engine.snapshot == snapshot { return .new(try CanonicalJSON.encode(new)) }
        return .state(try CanonicalJSON.encode(snapshot.withoutIdentities))
    }
}

/// All that a new room is made of.
private struct NewRoom<G: Game>: Codable {
    let rules: RoomRules
    let options: G.Options
    let seed: SeededRandom

    func engine() throws -> RoomEngine<G> { try RoomEngine(options: options, rules: rules, seed: seed) }
}

extension LogEntry where Move: Decodable {
    /// - Parameter ticks: how long a run may be.
    /// - Throws: `unreadable` when it is none, or its times are not such as sums of them could be counted in.
    fileprivate init(untrusted bytes: [UInt8], atMost ticks: Int) throws(ReplayFault) {
        guard let entry = try? JSONReader.decode(Self.self, from: bytes),
            0...ticks ~= entry.more ?? 0, Duration.zero...longestLife ~= entry.at,
            Duration.zero...longestPeriod ~= entry.every ?? .zero
        else { throw .unreadable }
        self = entry
    }
}

/// No room gets as old as a century...
private let longestLife = Duration.seconds(100 * 366 * 86_400)
/// ...nor ticks more seldom than once a second.
private let longestPeriod = Duration.seconds(1)

extension RoomInput where Move: Encodable {
    /// nil when the move's own encoding fails.
    fileprivate var asJSON: RoomInput<[UInt8]>? {
        switch self {
        case .moved(let seat, let move, let id):
            (try? CanonicalJSON.encode(move)).map { .moved(seat, $0, id: id) }
        case .seated(let newcomer, let seat): .seated(newcomer, at: seat)
        case .left(let seat, let reason): .left(seat, reason)
        case .takenOver(let seat, let holder): .takenOver(seat, by: holder)
        case .away(let seat): .away(seat)
        case .back(let seat): .back(seat)
        case .readied(let seat, let ready): .readied(seat, ready)
        case .voted(let seat): .voted(seat)
        case .locked(let locked): .locked(locked)
        case .ticked: .ticked
        case .timePassed: .timePassed
        case .resumed: .resumed
        }
    }
}
