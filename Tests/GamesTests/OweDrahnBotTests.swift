import GameKitProtocol
import Testing

@testable import OweDrahn

@Suite struct OweDrahnBotTests {
    @Test(arguments: [(0, 0), (9, 0), (10, 1), (11, 2), (12, 3), (13, 3), (14, 4), (15, 5)])
    func `so many of the six rolls are fatal`(total: Int, count: Int) {
        #expect(OweDrahn.fatalRolls(at: total) == count)
    }

    @Test(arguments: [
        // The fewer lives, the less there is to lose.
        (6, 10, true), (5, 10, false), (3, 11, true), (2, 11, false), (2, 12, true), (1, 15, false), (6, 9, false),
    ])
    func `hard owes when a roll costs no less than a life`(lives: Int, total: Int, owes: Bool) throws {
        let driver = try OweDrahnTests.round(lives: [lives, 6, 6, 6], total: total)
        var random = SeededRandom(key: (1, 1))
        let move = OweDrahn.choose(for: 0, seeing: driver.view, level: .hard, random: &random)
        #expect(move == (owes ? OweDrahnTests.owe(2) : OweDrahnTests.roll))
    }

    /// Of 1200 rounds; an equal share is 600, 150, 600 and 300.
    @Test(arguments: [(BotLevel.easy, 2, 800), (.easy, 8, 300), (.medium, 2, 640), (.medium, 4, 330)])
    func `hard wins more than its share at tables of lower levels`(level: BotLevel, players: Int, least: Int) throws {
        let wins = try RoundDriver<OweDrahn>.winsOfHard(against: level, players: players, in: 1200)
        #expect(wins >= least)
    }

    /// What the bot of a level does, as a rule for the solver.
    static func rule(of level: BotLevel) -> OweDrahnSolver.Rule {
        { lives, others, total in
            let players = [(0, lives), (1, others)].map { seat, lives in
                OweDrahn.View.Player(seat: Seat(seat), lives: lives, alive: true, balance: 0)
            }
            let view = OweDrahn.View(players: players, turn: 0, total: total, bet: 1)
            var random = SeededRandom(key: (1, 1))
            let move = OweDrahn.choose(for: 0, seeing: view, level: level, random: &random)
            guard let move, move.action == .owe else { return .roll }
            return move.next == 0 ? .keepTurn : .giveTurn
        }
    }

    @Test(arguments: [(1, 0.499), (4, 0.499), (6, 0.49), (10, 0.475)])
    func `between two hard is about as good as anybody can be`(lives: Int, least: Double) {
        #expect(least...0.5001 ~= OweDrahnSolver.chanceOfA(lives: lives, a: Self.rule(of: .hard), b: nil))
    }

    @Test func `between two hard wins 56 rounds in 100 against medium`() {
        let chance = OweDrahnSolver.chanceOfA(lives: 6, a: Self.rule(of: .hard), b: Self.rule(of: .medium))
        #expect(0.56...0.57 ~= chance)
    }

    @Test(arguments: BotLevel.allCases)
    func `a bot chooses only in its turn`(level: BotLevel) throws {
        var driver = try OweDrahnTests.round(lives: [6, 6], total: 12)
        var random = SeededRandom(key: (1, 1))
        #expect(OweDrahn.choose(for: 1, seeing: driver.view, level: level, random: &random) == nil)
        #expect(OweDrahn.choose(for: 5, seeing: driver.view, level: level, random: &random) == nil)
        driver.leave(1)
        #expect(OweDrahn.choose(for: 0, seeing: driver.view, level: level, random: &random) == nil)
    }
}
