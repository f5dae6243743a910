public import GameKitProtocol

/// Owe drahn: one total for all, to which everybody in turn adds a roll. Whoever takes it above 15 is out. A life buys a
/// way round one's own roll. The last one living wins.
public struct OweDrahn: Game {
    public static let manifest = GameManifest(
        type: "owedrahn", name: "Owe Drahn", seats: 2...8, start: .whenAllReady, turnLimit: .seconds(30))

    /// Untrusted: any two numbers. ``seats(for:)`` checks them.
    public struct Options: Codable, Equatable, Sendable {
        /// What everybody begins with, 1...10.
        var lives = 6
        /// What the winner gets from each of the others, 0...1000.
        var bet = 1
    }

    public static let defaultOptions = Options()

    public struct Move: Codable, Equatable, Sendable {
        enum Action: String, Codable { case roll, owe }

        var action: Action
        /// Who moves next, for `owe`; not looked at for `roll`. Untrusted: any number.
        var next: Seat?
    }

    /// What everybody sees.
    public struct View: Encodable, Equatable, Sendable {
        public struct Player: Encodable, Equatable, Sendable {
            var seat: Seat
            var lives: Int
            var alive: Bool
            /// Won and lost since the room was made.
            var balance: Int
        }

        /// Who takes part in this round, in order of the seats; whoever is out or has left stays in the list.
        var players: [Player]
        /// Absent when the round is over.
        var turn: Seat?
        var total: Int
        /// Absent before the first roll of the round.
        var lastRoll: Int?
        var bet: Int
        var winner: Seat?
    }

    public enum Event: Encodable, Equatable, Sendable {
        /// The total includes the roll.
        case rolled(seat: Seat, value: Int, total: Int)
        /// Out by a roll, or by leaving. The total is the one before it went back to 0.
        case eliminated(seat: Seat, total: Int)
        case owed(seat: Seat, next: Seat)
    }

    /// The highest total that puts nobody out.
    static let highestTotal = 15
    /// The lowest total at which one may owe.
    static let lowestOwed = 10

    let bet: Int
    /// Who started this round.
    let players: SeatSet
    /// By seat; 0 is out, or never in.
    var lives: [Int]
    /// By seat, over all rounds of the room. They belong to the chair, not to the person: a newcomer goes on with them.
    var balances: [Int]
    var turn: Seat
    var total = 0
    var lastRoll: Int?

    public static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> {
        guard 1...10 ~= options.lives else { throw Refusal("out_of_range", "lives is a whole number from 1 to 10.") }
        guard 0...1000 ~= options.bet else { throw Refusal("out_of_range", "bet is a whole number from 0 to 1000.") }
        return manifest.seats
    }

    /// A random player begins, in a rematch too.
    public init(at table: inout Table, after previous: Self?) {
        let taken = table.taken
        bet = table.options.bet
        players = SeatSet(taken)
        lives = Array(repeating: 0, count: table.seatCount)
        for seat in taken { lives[seat] = table.options.lives }
        balances = previous?.balances ?? Array(repeating: 0, count: table.seatCount)
        turn = taken[table.random.next(below: taken.count)]
    }

    public var toMove: SeatSet { winner == nil ? [turn] : [] }

    public mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        switch move.action {
        case .roll: roll(by: seat, at: &table)
        case .owe: try owe(by: seat, next: move.next, at: &table)
        }
    }

    private mutating func roll(by seat: Seat, at table: inout Table) {
        let value = table.random.die()
        lastRoll = value
        total += Self.worth(ofRoll: value)
        table.tell(.rolled(seat: seat, value: value, total: total))
        if total > Self.highestTotal { putOut(seat, at: &table) }
        pass(toLivingAfter: seat)
    }

    private mutating func owe(by seat: Seat, next: Seat?, at table: inout Table) throws(Refusal) {
        guard lives[seat] > 1, total >= Self.lowestOwed else { throw .cannotOwe }
        guard let next, living.contains(next) else { throw .badNext }
        lives[seat] -= 1
        total = 0
        turn = next
        table.tell(.owed(seat: seat, next: next))
    }

    /// Leaving is being put out; whoever is out already only goes.
    public mutating func left(_ seat: Seat, at table: inout Table) {
        guard living.contains(seat) else { return }
        putOut(seat, at: &table)
        if turn == seat { pass(toLivingAfter: seat) }
    }

    private mutating func putOut(_ seat: Seat, at table: inout Table) {
        table.tell(.eliminated(seat: seat, total: total))
        lives[seat] = 0
        total = 0
        if let winner { settle(to: winner) }
    }

    private mutating func settle(to winner: Seat) {
        for loser in players where loser != winner {
            balances[loser] -= bet
            balances[winner] += bet
        }
    }

    private mutating func pass(toLivingAfter seat: Seat) {
        turn = living.first { $0 > seat } ?? living.first ?? seat
    }

    /// A 3 is worth nothing.
    static func worth(ofRoll value: Int) -> Int { value == 3 ? 0 : value }

    var living: SeatSet { SeatSet(players.filter { lives[$0] > 0 }) }

    var winner: Seat? { living.count == 1 ? living.first : nil }

    public var outcome: Outcome? { winner.map { .won(by: $0) } }

    public func view(for viewer: Viewer) -> View {
        View(
            players: players.map { seat in
                .init(seat: seat, lives: lives[seat], alive: lives[seat] > 0, balance: balances[seat])
            },
            turn: toMove.first, total: total, lastRoll: lastRoll, bet: bet, winner: winner)
    }
}

extension Refusal {
    static let cannotOwe = Refusal("cannot_owe", "Owing takes a total of 10 or more, and more than one life.")
    static let badNext = Refusal("bad_next", "next is the seat of somebody who is still living.")
}
