public import GameKitProtocol

/// Pig: roll and add up as long as you dare, hold to bank the turn's total; a 1 loses it.
public struct Dice: Game {
    public static let manifest = GameManifest(type: "dice", name: "Dice", seats: 2...6, turnLimit: .seconds(30))

    /// Untrusted: any two numbers. ``seats(for:)`` checks them.
    public struct Options: Codable, Equatable, Sendable {
        /// 2...6.
        var seats = 2
        /// The score that wins, 10...1000.
        var target = 100
    }

    public static let defaultOptions = Options()

    public struct Move: Codable, Equatable, Sendable {
        enum Action: String, Codable { case roll, hold }

        var action: Action
    }

    /// What everybody sees.
    public struct View: Encodable, Equatable, Sendable {
        /// What each seat has banked.
        var scores: [Int]
        /// Absent when the round is over.
        var turn: Seat?
        /// What has been rolled since the turn began, and is not yet banked.
        var turnTotal: Int
        /// Absent before the first roll of the round.
        var lastRoll: Int?
        var target: Int
        var winner: Seat?
    }

    public enum Event: Encodable, Equatable, Sendable {
        case rolled(seat: Seat, value: Int)
        /// The roll before was a 1: the turn's total is lost.
        case busted(seat: Seat)
        /// The score includes what was banked.
        case held(seat: Seat, banked: Int, score: Int)
    }

    let target: Int
    /// Who had the first turn of this round.
    let starter: Seat
    /// Who has not left.
    var playing: SeatSet
    /// By seat.
    var scores: [Int]
    var turn: Seat
    var turnTotal = 0
    var lastRoll: Int?

    public static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> {
        guard manifest.seats ~= options.seats else {
            throw Refusal("out_of_range", "seats is a whole number from 2 to 6.")
        }
        guard 10...1000 ~= options.target else {
            throw Refusal("out_of_range", "target is a whole number from 10 to 1000.")
        }
        return options.seats...options.seats
    }

    /// Seat 0 begins; in a rematch the seat after the one that began before.
    public init(at table: inout Table, after previous: Self?) {
        target = table.options.target
        starter = previous?.starter.next(of: table.seatCount) ?? 0
        playing = SeatSet(table.taken)
        scores = Array(repeating: 0, count: table.seatCount)
        turn = starter
    }

    public var toMove: SeatSet { winner == nil ? [turn] : [] }

    public mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        switch move.action {
        case .roll: roll(by: seat, at: &table)
        case .hold: try hold(by: seat, at: &table)
        }
    }

    private mutating func roll(by seat: Seat, at table: inout Table) {
        let value = table.random.die()
        lastRoll = value
        table.tell(.rolled(seat: seat, value: value))
        if value == 1 {
            table.tell(.busted(seat: seat))
            pass()
        } else {
            turnTotal += value
        }
    }

    private mutating func hold(by seat: Seat, at table: inout Table) throws(Refusal) {
        guard turnTotal > 0 else { throw .nothingToHold }
        scores[seat] += turnTotal
        table.tell(.held(seat: seat, banked: turnTotal, score: scores[seat]))
        pass()
    }

    public mutating func left(_ seat: Seat, at table: inout Table) {
        playing.remove(seat)
        if turn == seat { pass() }
    }

    /// The turn goes to the next seat whose player has not left.
    private mutating func pass() {
        turnTotal = 0
        repeat { turn = turn.next(of: scores.count) } while !playing.contains(turn) && !playing.isEmpty
    }

    /// Whoever has banked the target, or is the last one left.
    var winner: Seat? {
        playing.count == 1 ? playing.first : playing.first { scores[$0] >= target }
    }

    public var outcome: Outcome? { winner.map { .won(by: $0, scores: scores) } }

    public func view(for viewer: Viewer) -> View {
        View(
            scores: scores, turn: toMove.first, turnTotal: turnTotal, lastRoll: lastRoll, target: target,
            winner: winner)
    }
}

extension Refusal {
    static let nothingToHold = Refusal("nothing_to_hold", "Roll first: there is nothing to bank yet.")
}
