import GameKitProtocol

@testable import Pong

/// A table for two with nothing around it: plays a round of Pong and keeps what it tells.
struct PongRally {
    private(set) var told: [Pong.Event] = []
    private(set) var hinted: [Pong.Event] = []
    var round: Pong
    private var random: SeededRandom

    init(seed: UInt64 = 1, after previous: Pong? = nil) {
        var table = Self.table(SeededRandom(key: (seed, 0x70_6f6e67)))
        round = Pong(at: &table, after: previous)
        random = table.random
    }

    var view: Pong.View { round.view(for: .spectator) }

    mutating func tick(_ count: Int = 1) {
        for _ in 0..<count { change { round, table in round.tick(at: &table) } }
    }

    mutating func play(_ move: Pong.Move, by seat: Seat) throws(Refusal) {
        var table = Self.table(random)
        try round.play(move, by: seat, at: &table)
    }

    mutating func away(_ seat: Seat) { change { round, table in round.away(seat, at: &table) } }

    private mutating func change(_ body: (inout Pong, inout Pong.Table) -> Void) {
        var table = Self.table(random)
        body(&round, &table)
        random = table.random
        for request in table.requests {
            switch request {
            case .tell(let event): told.append(event)
            case .hint(let event): hinted.append(event)
            default: preconditionFailure("Pong asks a table for nothing else")
            }
        }
    }

    private static let chairs: [Pong.Table.Chair?] = [.init(name: "Ann"), .init(name: "Ben")]

    private static func table(_ random: SeededRandom) -> Pong.Table {
        Pong.Table(options: NoOptions(), chairs: chairs, now: .zero, random: random)
    }
}

extension Seat {
    static let sides = [left, right]
}

extension PongRally {
    /// Who moves a paddle, asked ten times a second.
    typealias Player = @Sendable (Seat, Pong.View, inout SeededRandom) -> Pong.Move?

    static func bot(_ level: BotLevel) -> Player {
        { seat, view, random in Pong.choose(for: seat, seeing: view, level: level, random: &random) }
    }

    /// A plain player: follows the ball where it is, and dozes four times in ten.
    static let chase: Player = { seat, view, random in
        if random.next(below: 10) < 4 { return nil }
        return follow(seat, view, &random)
    }

    /// A steady player: follows the ball where it is.
    static let follow: Player = { seat, view, _ in
        let way = view.ball.y + 96 - (view.paddles[seat] + 800)
        return Pong.Move(dir: abs(way) <= 384 ? 0 : way.signum())
    }

    /// How a round between two players went.
    struct Report {
        var scores: [Int]
        var ticks: Int
        /// How many times the ball was hit with a paddle.
        var hits: Int
        var winner: Seat?
    }

    /// Plays to the end, or for `limit` ticks.
    static func report(seed: UInt64, left: @escaping Player, right: @escaping Player, limit: Int = 100_000) throws
        -> Report
    {
        var rally = PongRally(seed: seed)
        var thoughts = SeededRandom(key: (seed, 0x626f74))
        while rally.round.outcome == nil, rally.round.ticks < limit {
            if rally.round.ticks.isMultiple(of: 6) {
                for (seat, player) in zip(Seat.sides, [left, right]) {
                    if let move = player(seat, rally.view, &thoughts) { try rally.play(move, by: seat) }
                }
            }
            rally.tick()
        }
        let hits = rally.hinted.count { if case .bounce(_, _, .paddle) = $0 { true } else { false } }
        return Report(
            scores: rally.round.scores.list, ticks: rally.round.ticks, hits: hits, winner: rally.round.winner)
    }
}
