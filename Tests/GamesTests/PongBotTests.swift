import GameKitProtocol
import Testing

@testable import Pong

@Suite struct PongBotTests {
    /// Goals of the left and of the right player in rounds with different seeds.
    private func match(
        _ left: @escaping PongRally.Player, _ right: @escaping PongRally.Player, rounds: UInt64 = 8
    ) throws -> (left: Int, right: Int, longest: Int, hits: Int) {
        var sum = (left: 0, right: 0, longest: 0, hits: 0)
        for seed in 0..<rounds {
            let report = try PongRally.report(seed: seed, left: left, right: right)
            #expect(report.winner != nil, "seed \(seed): a round comes to its end")
            sum.left += report.scores[0]
            sum.right += report.scores[1]
            sum.longest = max(sum.longest, report.ticks)
            sum.hits += report.hits
        }
        return sum
    }

    @Test(arguments: [(BotLevel.hard, BotLevel.easy), (.hard, .medium), (.medium, .easy)])
    func `a higher level beats a lower one clearly, from either side`(strong: BotLevel, weak: BotLevel) throws {
        let asLeft = try match(PongRally.bot(strong), PongRally.bot(weak))
        #expect(asLeft.left == 80 && asLeft.right < 40)
        let asRight = try match(PongRally.bot(weak), PongRally.bot(strong))
        #expect(asRight.right == 80 && asRight.left < 40)
    }

    @Test(arguments: BotLevel.allCases)
    func `two of one kind play rallies of a sane length and come to an end`(level: BotLevel) throws {
        let sum = try match(PongRally.bot(level), PongRally.bot(level))
        let rally = sum.hits / (sum.left + sum.right)
        #expect(2...40 ~= rally, "\(rally) hits a goal")
        #expect(sum.longest < 60 * 60 * 20, "twenty minutes")
        #expect(min(sum.left, sum.right) > 40, "an even match")
    }

    @Test func `a plain player who dozes beats level 1`() throws {
        let sum = try match(PongRally.chase, PongRally.bot(.easy))
        #expect(sum.left > 2 * sum.right)
    }

    @Test func `level 3 beats a steady player who foresees nothing, and concedes all the same`() throws {
        let sum = try match(PongRally.bot(.hard), PongRally.follow)
        #expect(sum.left > sum.right)
        #expect(sum.right >= 16)
    }

    @Test(arguments: BotLevel.allCases, Seat.sides)
    func `a bot only makes moves that are played, and stands still in front of a resting ball`(
        level: BotLevel, seat: Seat
    ) throws {
        var rally = PongRally(seed: 9)
        var random = SeededRandom(key: (9, 9))
        for _ in 0..<50 {
            let move = Pong.choose(for: seat, seeing: rally.view, level: level, random: &random)
            #expect(move == nil || move == .init(dir: 0))
            if let move { try rally.play(move, by: seat) }
        }
        for _ in 0..<500 {
            if let move = Pong.choose(for: seat, seeing: rally.view, level: level, random: &random) {
                try rally.play(move, by: seat)
            }
            rally.tick(6)
        }
    }

    @Test(arguments: BotLevel.allCases)
    func `a paddle that waits for a ball does not tremble`(level: BotLevel) throws {
        var rally = PongRally(ball: Ball(x: 500, y: 4704, vx: 80, vy: 0))
        var random = SeededRandom(key: (1, UInt64(level.rawValue)))
        var turns = 0
        var last = 0
        while rally.hinted.isEmpty, rally.told.isEmpty {
            if rally.round.ticks.isMultiple(of: 6) {
                let move = Pong.choose(for: 1, seeing: rally.view, level: level, random: &random)
                if let move { try rally.play(move, by: 1) }
                if let dir = move?.dir, dir != 0 {
                    turns += dir == -last ? 1 : 0
                    last = dir
                }
            }
            rally.tick()
        }
        // Only a hesitation lets it run past the mark, and then it comes back.
        #expect(turns <= 3)
    }

    @Test func `a bot's choice depends on what it sees and its chance alone`() {
        let view = PongRally(ball: Ball(x: 6000, y: 1000, vx: 120, vy: -80)).view
        for seed in 0..<50 as Range<UInt64> {
            var (a, b) = (SeededRandom(key: (seed, 0)), SeededRandom(key: (seed, 0)))
            #expect(
                Pong.choose(for: 1, seeing: view, level: .hard, random: &a)
                    == Pong.choose(for: 1, seeing: view, level: .hard, random: &b))
        }
    }
}
