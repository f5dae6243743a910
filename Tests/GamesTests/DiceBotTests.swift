import GameKitProtocol
import Testing

@testable import Dice

@Suite struct DiceBotTests {
    /// What the bot of a level does, as a rule for the solver.
    static func rule(of level: BotLevel, target: Int) -> PigSolver.Rule {
        { turnTotal, score, rival in
            var random = SeededRandom(key: (1, 1))
            let view = Dice.View(scores: [score, rival], turn: 0, turnTotal: turnTotal, target: target)
            return Dice.choose(for: 0, seeing: view, level: level, random: &random)?.action == .hold
        }
    }

    @Test func `solved, Pig gives whoever begins 53 rounds in 100`() {
        // 0.5306 in Neller and Presser's solution.
        let chances = PigSolver.chancesOfA(target: 100, a: nil, b: nil)
        #expect(abs(chances.beginning - 0.5306) < 0.0001)
        #expect(abs(chances.beginning + chances.second - 1) < 0.0001)
    }

    /// 55 is the target at which it is weakest.
    @Test(arguments: [(10, 0.499), (30, 0.499), (39, 0.497), (55, 0.47), (100, 0.48)])
    func `between two hard is nearly as good as anybody can be`(target: Int, least: Double) {
        let chances = PigSolver.chancesOfA(target: target, a: Self.rule(of: .hard, target: target), b: nil)
        #expect(least...0.5001 ~= (chances.beginning + chances.second) / 2)
    }

    @Test func `hard wins 54 rounds in 100 against medium`() {
        let chances = PigSolver.chancesOfA(
            target: 100, a: Self.rule(of: .hard, target: 100), b: Self.rule(of: .medium, target: 100))
        #expect(0.54...0.55 ~= (chances.beginning + chances.second) / 2)
    }

    /// Of 600 rounds; an equal share is 300, 150, 200 and 100.
    @Test(arguments: [(BotLevel.easy, 2, 450), (.easy, 4, 350), (.medium, 3, 220), (.medium, 6, 120)])
    func `hard wins more than its share at tables of lower levels`(level: BotLevel, players: Int, least: Int) throws {
        let options = Dice.Options(seats: players, target: 100)
        let wins = try RoundDriver<Dice>.winsOfHard(against: level, players: players, in: 600, options: options)
        #expect(wins >= least)
    }

    @Test(arguments: BotLevel.allCases)
    func `a bot banks what wins, and chooses only in its turn`(level: BotLevel) {
        var random = SeededRandom(key: (1, 1))
        var view = Dice.View(scores: [95, 20], turn: 0, turnTotal: 5, target: 100)
        #expect(Dice.choose(for: 0, seeing: view, level: level, random: &random) == .init(action: .hold))
        #expect(Dice.choose(for: 1, seeing: view, level: level, random: &random) == nil)
        view.turnTotal = 0
        #expect(Dice.choose(for: 0, seeing: view, level: level, random: &random) == .init(action: .roll))
        view.turn = nil
        #expect(Dice.choose(for: 0, seeing: view, level: level, random: &random) == nil)
    }
}
