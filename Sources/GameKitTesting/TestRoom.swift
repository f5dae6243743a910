internal import JSONCoding
public import GameKitProtocol
public import RoomEngine

/// A room to test a game in: the engine that the server runs, with people on its seats and a clock that moves only when
/// told. Nothing sleeps, and the same seed plays the same round.
///
///     var room = try TestRoom<TicTacToe>(seed: 1)
///     try room.play(.init(row: 0, col: 0), by: 0)
///     #expect(try room.refusal(of: .init(row: 0, col: 0), by: 1)?.reason == "square_taken")
///     try room.advance(by: .seconds(60))
///     #expect(room.outcome?.winners == [0])
///
/// A value: a copy is a branch of the round that can be played on by itself. What the room does not accept is thrown as
/// the server would answer it: a ``GameKitProtocol/Refusal`` of the game, a ``RoomEngine/RoomRefusal`` of the room.
public struct TestRoom<G: Game>: Sendable {
    /// Room time.
    public private(set) var now = Duration.zero
    private(set) var engine: RoomEngine<G>
    /// Everything that was committed, for replays.
    private(set) var inputs: [(input: RoomInput<G.Move>, at: Duration)] = []
    private var told: [(text: String, to: Seat?)] = []
    /// Since when the game ticks without a break, and how often it has. Counted, because a sixtieth of a second is no
    /// whole number of anything.
    private var ticking: (since: Duration, count: Int)?

    /// A room in which people called "A", "B", ... sit, the first on seat 0. Where that is how the game starts, they are
    /// all ready.
    /// - Parameters:
    ///   - players: how many sit; everybody there is room for, if nil. Fewer than the game needs leave the room waiting.
    ///   - rules: the manifest's, if nil.
    /// - Throws: the game's refusal of the options.
    public init(
        seed: UInt64 = 1, options: G.Options = G.defaultOptions, players: Int? = nil, rules: RoomRules? = nil
    ) throws {
        engine = try RoomEngine(
            options: options, rules: rules ?? RoomRules(G.manifest), seed: Self.source(seed))
        let seats = engine.facts.chairs.indices
        for index in seats.prefix(players ?? seats.count) { try sit(Self.name(index), at: Seat(index)) }
        guard G.manifest.start == .whenAllReady else { return }
        for seat in taken where phase == .waiting { try ready(seat) }
    }

    static func source(_ seed: UInt64) -> SeededRandom { SeededRandom(key: (seed, 0)) }

    private static func name(_ index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
        return index < 26 ? letter : letter + "\(index / 26 + 1)"
    }

    public var phase: RoomPhase { engine.status.phase }

    /// How the last round ended; nil while one goes on.
    public var outcome: Outcome? { engine.status.outcome }

    /// Whose move the round waits for.
    public var toMove: SeatSet { engine.toMove }

    /// The seats where somebody sits, in order.
    public var taken: [Seat] {
        let chairs = engine.facts.chairs
        return chairs.indices.filter { chairs[$0] != nil }.map { Seat($0) }
    }

    /// The round itself.
    /// - Throws: ``GameFault`` before the first start.
    public var game: G {
        get throws {
            guard let game = engine.game else { throw GameFault(G.self, nil, "no round was started yet") }
            return game
        }
    }

    /// What everybody may see.
    /// - Throws: ``GameFault`` before the first start.
    public var view: G.View { get throws { try view(for: .spectator) } }

    /// What the server would send this viewer: in a game without secrets, the same as everybody.
    /// - Throws: ``GameFault`` before the first start.
    public func view(for viewer: Viewer) throws -> G.View {
        guard let view = engine.view(for: viewer) else { throw GameFault(G.self, nil, "no round was started yet") }
        return view
    }

    /// Makes a move.
    /// - Throws: what the player would be refused with; the room then is as it was.
    public mutating func play(_ move: G.Move, by seat: Seat) throws {
        try tell(.moved(seat, move, id: nil))
    }

    /// Why a move would be refused by the game, or nil if it would be played. Neither changes this room.
    /// - Throws: what the room would refuse it with (``RoomEngine/RoomRefusal``), or ``GameFault`` if the refused move
    ///   left a trace.
    public func refusal(of move: G.Move, by seat: Seat) throws -> Refusal? {
        // As bytes: a state with an object in it would be equal to itself whatever happened.
        let before = try snapshotBytes
        var copy = self
        do {
            try copy.play(move, by: seat)
        } catch let refusal as Refusal {
            guard try copy.snapshotBytes == before else {
                throw GameFault(G.self, .refusals, "\(move) by seat \(seat.rawValue) left a trace")
            }
            return refusal
        }
        guard try snapshotBytes == before else {
            throw GameFault(G.self, .refusals, "\(move), tried on a copy, changed the original")
        }
        return nil
    }

    /// The game's events that everybody was told since this was last asked, in order, as the JSON of the wire.
    public mutating func takeEvents() -> [String] { take(nil) }

    /// What one seat alone was told since this was last asked.
    public mutating func takeWhispers(to seat: Seat) -> [String] { take(seat) }

    private mutating func take(_ seat: Seat?) -> [String] {
        defer { told.removeAll { $0.to == seat } }
        return told.filter { $0.to == seat }.map(\.text)
    }
}

extension TestRoom {
    var snapshotBytes: [UInt8] { get throws { try CanonicalJSON.encode(engine.snapshot) } }

    /// Tells the room a fact, now. Everything that changes the room goes through here.
    mutating func tell(_ input: RoomInput<G.Move>) throws {
        switch engine.apply(input, at: now) {
        case .committed(let commit):
            inputs.append((input, now))
            for message in commit.messages { hear(message) }
        case .refused(.moveRefused(let refusal)): throw refusal
        case .refused(let refusal): throw refusal
        case .broken(let why): throw GameFault(G.self, nil, why)
        case .unchanged, .repeated: break
        }
        ticking = engine.isTicking ? ticking ?? (now, 0) : nil
    }

    private mutating func hear(_ message: Commit.Message) {
        switch message {
        case .event(let event): if case .game(let text) = event.event { told.append((text, nil)) }
        case .hint(let text): told.append((text, nil))
        case .whisper(let text, let seat): told.append((text, seat))
        }
    }

    /// Puts the room back to what a store would bring back.
    mutating func restore(_ snapshot: RoomSnapshot<G>) { engine = RoomEngine(restoring: snapshot) }
}

// MARK: - Time
extension TestRoom {
    /// How much may happen without any time passing, before it counts as a game that never lets go. The engine itself
    /// handles hundreds of deadlines with one input.
    private static var mostInputsAtOnce: Int { 20 }

    private var nextTick: Duration? {
        ticking.map { $0.since + .seconds($0.count + 1) / G.manifest.ticksPerSecond }
    }

    /// When something happens by itself: a deadline or a tick.
    private var nextDue: Duration? {
        [engine.nextDeadline, nextTick].compactMap { $0 }.min().map { max($0, now) }
    }

    /// Lets room time pass. On the way ticks happen and deadlines run out, each at its time, a deadline before a tick of
    /// the same moment.
    /// - Throws: ``GameFault`` for a game that keeps setting timers of no length.
    public mutating func advance(by duration: Duration) throws {
        let end = now + duration
        while let due = nextDue, due <= end { try meet(due) }
        now = end
    }

    /// Lets time pass until the next thing happens by itself. False: nothing ever will.
    mutating func advanceToNextEvent() throws -> Bool {
        guard let due = nextDue else { return false }
        try meet(due)
        return true
    }

    private mutating func meet(_ due: Duration) throws {
        now = due
        var inputs = 0
        while let deadline = engine.nextDeadline, deadline <= now {
            try tell(.timePassed)
            inputs += 1
            guard inputs < Self.mostInputsAtOnce else {
                throw GameFault(G.self, .progress, "timers of no length keep the room from going on")
            }
        }
        guard let tick = nextTick, tick <= now else { return }
        ticking?.count += 1
        try tell(.ticked)
    }
}
