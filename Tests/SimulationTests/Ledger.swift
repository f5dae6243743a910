import GameKitProtocol

/// Writes down numbers, each at most once, and has a secret for every seat: what is lost, counted twice or shown to the
/// wrong people is seen at once. A round ends with its 40th number; every number starts a timer.
struct Ledger: Game {
    struct Move: Codable, Sendable {
        let add: Int
    }

    enum Event: Codable, Equatable, Sendable {
        case added(number: Int)
        case rang(times: Int)
    }

    enum Timer: String, Codable, Sendable { case bell }

    struct View: Encodable, Sendable {
        let count, sum, rung, roll: Int
        let secret: String?
    }

    static let manifest = GameManifest(
        type: "ledger", name: "Ledger", seats: 2...2, grace: .seconds(4), hasSecrets: true)
    static let numbersOfRound = 40

    private var numbers: [Int]
    private var sum: Int
    private var count = 0
    private var rung = 0
    private var roll: Int
    private let secrets: [Int]

    init(at table: inout Table, after previous: Self?) {
        numbers = previous?.numbers ?? []
        sum = previous?.sum ?? 0
        roll = table.random.die()
        secrets = (0..<table.seatCount).map { _ in table.random.next(below: 1_000_000) }
    }

    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        guard !numbers.contains(move.add) else { throw Refusal("written_down", "\(move.add)") }
        numbers.append(move.add)
        sum += move.add
        count += 1
        roll = table.random.die()
        table.tell(.added(number: move.add))
        table.after(.milliseconds(150), .bell)
    }

    mutating func timerFired(_ timer: Timer, at table: inout Table) {
        rung += 1
        table.tell(.rang(times: rung))
    }

    var outcome: Outcome? { count >= Self.numbersOfRound ? .draw : nil }

    func view(for viewer: Viewer) -> View {
        let secret = viewer.seat.map { "secret-of-\($0.rawValue)-\(secrets[$0])" }
        return View(count: count, sum: sum, rung: rung, roll: roll, secret: secret)
    }
}

/// Ticks, writes numbers down too, and strikes every second: a real-time game, of which a crash may lose the last moment.
struct Metronome: Game {
    typealias View = Self

    struct Move: Codable, Sendable {
        let add: Int
    }

    enum Event: Codable, Equatable, Sendable {
        case struck(times: Int)
    }

    static let manifest = GameManifest(
        type: "metronome", name: "Metronome", seats: 1...2, ticksPerSecond: 20, statesPerSecond: 10,
        grace: .seconds(4), durability: .periodic(.milliseconds(250)))

    private var ticks = 0
    private var sum = 0
    private var strikes = 0
    private var roll = 0

    init(at table: inout Table, after previous: Self?) {}

    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        guard move.add % 7 != 0 else { throw Refusal("no_sevens", "Not that one.") }
        sum += move.add
        roll = table.random.die()
    }

    mutating func tick(at table: inout Table) {
        ticks += 1
        guard ticks % 20 == 0 else { return }
        strikes += 1
        table.tell(.struck(times: strikes))
    }

    var outcome: Outcome? { nil }
}
