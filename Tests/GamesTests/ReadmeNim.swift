public import GameKitProtocol

/// Take one to three of the sticks; whoever takes the last one loses.
public struct Nim: Game {
    public typealias View = Self
    public static let manifest = GameManifest(type: "nim", name: "Nim", seats: 2...2, turnLimit: .seconds(30))

    public struct Move: Codable, Sendable {
        let take: Int
    }

    private var sticks = 21
    private var turn: Seat
    private var winner: Seat?

    public init(at table: inout Table, after previous: Self?) {
        turn = previous?.winner?.next(of: 2) ?? 0
    }

    public var toMove: SeatSet { [turn] }

    public mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        guard 1...3 ~= move.take else { throw Refusal("out_of_range", "Take one, two or three.") }
        guard move.take <= sticks else { throw Refusal("too_many", "There are only \(sticks) left.") }
        sticks -= move.take
        turn = turn.next(of: 2)
        if sticks == 0 { winner = turn }
    }

    public var outcome: Outcome? { winner.map { .won(by: $0) } }

    public static var hasBot: Bool { true }

    public static func choose(
        for seat: Seat, seeing view: Self, level: BotLevel, random: inout SeededRandom
    ) -> Move? {
        let best = (view.sticks - 1) % 4
        let isLost = best == 0 || level == .easy
        return Move(take: isLost ? random.next(below: min(3, view.sticks)) + 1 : best)
    }
}
