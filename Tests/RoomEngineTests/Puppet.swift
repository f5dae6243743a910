import GameKitProtocol

/// A game that does what its moves say, and notes what the room tells it.
struct Puppet<S: Stage>: Game {
    indirect enum Move: Codable, Equatable, Sendable {
        case add(Int)
        /// Only these may move from now on.
        case pass(to: [Seat])
        case roll
        case tell(String)
        case hint(String)
        case whisper(String, to: Seat)
        case tellNonsense
        case start(Alarm, after: Duration)
        case stop(Alarm)
        case forfeit
        case end(Outcome)
        /// What to do, in the name of whom it is about, when the room tells this.
        case when(News, Move)
        /// Changes what it can, draws a number, asks for everything, and is refused.
        case tryInVain
    }

    enum News: String, Codable, Sendable { case started, ticked, alarm, seated, left, away, back }

    struct Plan: Codable, Equatable, Sendable {
        let news: News
        let move: Move
    }

    enum Event: Encodable, Equatable, Sendable {
        case said(String)
        case nonsense(Double)
    }

    enum Alarm: String, Codable, Sendable { case a, b, c }

    struct Options: Codable, Equatable, Sendable {
        var size = S.manifest.seats.upperBound
        var goal = 10
        var note: String?
    }

    typealias Timer = Alarm
    typealias View = Self

    static var manifest: GameManifest { S.manifest }
    static var defaultOptions: Options { Options() }
    static var hasBot: Bool { S.hasBot }

    /// What the room told, in order.
    var calls: [String] = []
    var count = 0
    var rolls: [Int] = []
    /// Kept for the next round.
    var plans: [Plan] = []
    var moving: SeatSet
    var outcome: Outcome?

    static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> {
        guard manifest.seats ~= options.size else { throw Refusal("out_of_range", "There is no such table.") }
        return manifest.seats.lowerBound...options.size
    }

    init(at table: inout Table, after previous: Self?) {
        moving = SeatSet(table.taken)
        count = previous?.count ?? 0
        plans = previous?.plans ?? []
        calls.append("started by \(table.taken.map { table.chairs[$0]?.name ?? "" }.joined())")
        hear(.started, 0, at: &table)
    }

    var toMove: SeatSet { moving }

    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        switch move {
        case .add(let number): count += number
        case .pass(let seats): moving = SeatSet(seats)
        case .roll: rolls.append(table.random.die())
        case .tell(let text): table.tell(.said(text))
        case .hint(let text): table.hint(.said(text))
        case .whisper(let text, let listener): table.whisper(.said(text), to: listener)
        case .tellNonsense: table.tell(.nonsense(.nan))
        case .start(let alarm, let delay): table.after(delay, alarm)
        case .stop(let alarm): table.stop(alarm)
        case .forfeit: table.forfeit(seat)
        case .end(let outcome): self.outcome = outcome
        case .when(let news, let move): plans.append(Plan(news: news, move: move))
        case .tryInVain:
            count += table.random.die()
            table.tell(.said("never"))
            table.after(.zero, .a)
            table.forfeit(seat)
            throw Refusal("in_vain", "It was in vain.")
        }
    }

    private mutating func hear(_ news: News, _ seat: Seat, at table: inout Table) {
        for plan in plans where plan.news == news { try? play(plan.move, by: seat, at: &table) }
    }

    mutating func tick(at table: inout Table) {
        count += 1
        hear(.ticked, 0, at: &table)
        if count == S.tickThatTells { table.tell(.said("tick \(count)")) }
    }

    mutating func timerFired(_ timer: Alarm, at table: inout Table) {
        calls.append("\(timer) at \(table.now)")
        hear(.alarm, 0, at: &table)
        if S.alarmsRepeatAtOnce { table.after(.zero, timer) }
    }

    mutating func seated(_ seat: Seat, at table: inout Table) {
        calls.append("seated \(seat.rawValue)")
        moving.insert(seat)
        hear(.seated, seat, at: &table)
    }

    mutating func left(_ seat: Seat, at table: inout Table) {
        calls.append("left \(seat.rawValue)")
        moving.remove(seat)
        hear(.left, seat, at: &table)
    }

    mutating func away(_ seat: Seat, at table: inout Table) {
        calls.append("away \(seat.rawValue) at \(table.now)")
        hear(.away, seat, at: &table)
    }

    mutating func back(_ seat: Seat, at table: inout Table) {
        calls.append("back \(seat.rawValue) at \(table.now)")
        hear(.back, seat, at: &table)
    }

    mutating func timedOut(_ seat: Seat, at table: inout Table) {
        calls.append("late \(seat.rawValue)")
        if S.latecomersForfeit { table.forfeit(seat) }
    }

    static func choose(
        for seat: Seat, seeing view: Self, level: BotLevel, random: inout SeededRandom
    ) -> Move? { .add(level.rawValue) }
}

/// What the room must know of a ``Puppet`` before it is played, and what its moves cannot say.
protocol Stage: Sendable {
    static var manifest: GameManifest { get }
    static var hasBot: Bool { get }
    static var latecomersForfeit: Bool { get }
    static var tickThatTells: Int { get }
    static var alarmsRepeatAtOnce: Bool { get }
}

extension Stage {
    static var hasBot: Bool { true }
    static var latecomersForfeit: Bool { true }
    static var tickThatTells: Int { .max }
    static var alarmsRepeatAtOnce: Bool { false }
}

/// Two seats; starts when both are taken.
enum Duel: Stage {
    static let manifest = GameManifest(type: "duel", name: "Duel", seats: 2...2)
}

/// Two to four seats; starts when everybody is ready.
enum Crowd: Stage {
    static let manifest = GameManifest(type: "crowd", name: "Crowd", seats: 2...4, start: .whenAllReady)
}

/// Seats may be taken while the round goes on.
enum OpenHouse: Stage {
    static let manifest = GameManifest(
        type: "open", name: "Open house", seats: 2...4, start: .whenAllReady, lateSeats: true)
}

/// Whoever is to move has 20 s.
enum Hurry: Stage {
    static let manifest = GameManifest(
        type: "hurry", name: "Hurry", seats: 2...4, start: .whenAllReady, turnLimit: .seconds(20), grace: .seconds(60))
}

/// A turn limit that only notes who is late.
enum Patience: Stage {
    static let manifest = GameManifest(type: "patience", name: "Patience", seats: 2...2, turnLimit: .seconds(20))
    static let latecomersForfeit = false
}

/// Room time stands still while somebody is away.
enum Together: Stage {
    static let manifest = GameManifest(
        type: "together", name: "Together", seats: 2...3, start: .whenAllReady, turnLimit: .seconds(20),
        absence: .pauses)
}

/// Sixty ticks a second, of which every third is shown.
enum Clockwork: Stage {
    static let manifest = GameManifest(type: "clockwork", name: "Clockwork", seats: 2...2, ticksPerSecond: 60)
    static let tickThatTells = 5
}

/// One tick a second, and every one is shown.
enum Metronome: Stage {
    static let manifest = GameManifest(type: "metronome", name: "Metronome", seats: 2...2, ticksPerSecond: 1)
}

/// Nobody but people.
enum Humans: Stage {
    static let manifest = GameManifest(type: "humans", name: "Humans", seats: 2...2)
    static let hasBot = false
}

/// Timers that never end.
enum Treadmill: Stage {
    static let manifest = GameManifest(type: "treadmill", name: "Treadmill", seats: 2...2)
    static let alarmsRepeatAtOnce = true
}
