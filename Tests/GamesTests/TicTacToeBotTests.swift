import GameKitProtocol
import Testing

@testable import TicTacToe

@Suite struct TicTacToeBotTests {
    /// Every line of play that a perfect bot leaves open: each of its own choices against each of the other's moves.
    struct Walk {
        let bot: Seat
        private(set) var results: [Outcome] = []
        private var seen: Set<[[Mark]]> = []
        private var thoughts = SeededRandom(key: (1, 1))

        init(bot: Seat) { self.bot = bot }

        mutating func follow(_ driver: RoundDriver<TicTacToe>) throws {
            guard seen.insert(driver.view.board).inserted else { return }
            if let outcome = driver.round.outcome { return results.append(outcome) }
            let seat = try #require(driver.round.toMove.first)
            let moves = (seat == bot ? driver.round.board.best : driver.round.board.free).map(TicTacToeTests.move)
            if seat == bot {
                let choice = TicTacToe.choose(for: bot, seeing: driver.view, level: .hard, random: &thoughts)
                #expect(moves.contains(try #require(choice)))
            }
            for move in moves {
                var next = driver
                try next.play(move, by: seat)
                try follow(next)
            }
        }
    }

    @Test(arguments: [0, 1] as [Seat])
    func `hard loses to nobody`(bot: Seat) throws {
        var walk = Walk(bot: bot)
        try walk.follow(RoundDriver())
        #expect(!walk.results.contains(.won(by: bot.next(of: 2))))
        #expect(walk.results.contains(.won(by: bot)))
        #expect(walk.results.contains(.draw))
    }

    @Test(arguments: [
        // X can win on 2; O threatens 5.
        ([0, 3, 1, 4], 2),
        // O can win on 5; X threatens 2.
        ([0, 3, 1, 4, 8], 5),
        // X has to stop O on 6.
        ([1, 2, 0, 4], 6),
    ])
    func `medium and hard win when they can, else block`(squares: [Int], square: Int) throws {
        let driver = try TicTacToeTests.round(squares)
        let seat = try #require(driver.round.toMove.first)
        for level in [BotLevel.medium, .hard] {
            for seed in 0..<20 as Range<UInt64> {
                var random = SeededRandom(key: (seed, 0))
                let move = TicTacToe.choose(for: seat, seeing: driver.view, level: level, random: &random)
                #expect(move == TicTacToeTests.move(square))
            }
        }
    }

    @Test(arguments: BotLevel.allCases)
    func `a bot chooses only in its turn`(level: BotLevel) throws {
        var random = SeededRandom(key: (1, 0))
        let open = try TicTacToeTests.round([4])
        #expect(TicTacToe.choose(for: 0, seeing: open.view, level: level, random: &random) == nil)
        let over = try TicTacToeTests.round(TicTacToeTests.draw)
        #expect(TicTacToe.choose(for: 1, seeing: over.view, level: level, random: &random) == nil)
    }

    @Test(arguments: [(BotLevel.easy, 80), (.medium, 25)])
    func `hard beats lower levels`(level: BotLevel, least: Int) throws {
        #expect(try RoundDriver<TicTacToe>.winsOfHard(against: level, in: 100) >= least)
    }
}
