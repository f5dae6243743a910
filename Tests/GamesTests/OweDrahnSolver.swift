@testable import OweDrahn

/// Solves Owe Drahn for two players, A and B, each of whom either follows a rule or answers the other in the best possible
/// way.
///
/// Owing and being put out lead to fewer lives, a roll to a higher total, so situations are solved from the fewest lives
/// and the highest total on. Only a 3 leads nowhere: the two sides' chances in one situation follow from each other, and
/// going back and forth between them converges.
struct OweDrahnSolver {
    enum Decision { case roll, keepTurn, giveTurn }

    /// What to do where one may owe, knowing one's own lives, the other's and the total.
    typealias Rule = (_ lives: Int, _ others: Int, _ total: Int) -> Decision

    /// Somebody's turn.
    private struct Situation: Hashable {
        var livesOfA: Int
        var livesOfB: Int
        var total: Int
        var isTurnOfA: Bool
    }

    private let ruleOfA: Rule?
    private let ruleOfB: Rule?
    /// A's chance of winning.
    private var chances: [Situation: Double] = [:]

    /// A's chance of winning when a coin decides who begins.
    /// - Parameters a, b: the sides' rules; nil plays as well as can be.
    static func chanceOfA(lives: Int, a: Rule?, b: Rule?) -> Double {
        var solver = Self(ruleOfA: a, ruleOfB: b)
        for sum in 2...2 * lives {
            for livesOfA in max(1, sum - lives)...min(lives, sum - 1) {
                for total in (0...OweDrahn.highestTotal).reversed() { solver.solve(livesOfA, sum - livesOfA, total) }
            }
        }
        let ends = [true, false].map {
            solver.chance(Situation(livesOfA: lives, livesOfB: lives, total: 0, isTurnOfA: $0))
        }
        return (ends[0] + ends[1]) / 2
    }

    private init(ruleOfA: Rule?, ruleOfB: Rule?) {
        (self.ruleOfA, self.ruleOfB) = (ruleOfA, ruleOfB)
    }

    private mutating func solve(_ livesOfA: Int, _ livesOfB: Int, _ total: Int) {
        let turns = [true, false].map {
            Situation(livesOfA: livesOfA, livesOfB: livesOfB, total: total, isTurnOfA: $0)
        }
        var change = 1.0
        while change > 1e-9 {
            change = 0
            for turn in turns {
                let chance = decide(turn)
                change = max(change, abs(chance - self.chance(turn)))
                chances[turn] = chance
            }
        }
    }

    private func chance(_ situation: Situation) -> Double {
        if situation.livesOfA == 0 { return 0 }
        if situation.livesOfB == 0 { return 1 }
        return chances[situation] ?? 0.5
    }

    private func decide(_ now: Situation) -> Double {
        let rolling = roll(now)
        let (lives, others) = now.isTurnOfA ? (now.livesOfA, now.livesOfB) : (now.livesOfB, now.livesOfA)
        guard lives > 1, now.total >= OweDrahn.lowestOwed else { return rolling }
        var kept = now
        kept.total = 0
        if now.isTurnOfA { kept.livesOfA -= 1 } else { kept.livesOfB -= 1 }
        var given = kept
        given.isTurnOfA.toggle()
        switch (now.isTurnOfA ? ruleOfA : ruleOfB)?(lives, others, now.total) {
        case .roll: return rolling
        case .keepTurn: return chance(kept)
        case .giveTurn: return chance(given)
        case nil:
            let all = [rolling, chance(kept), chance(given)]
            return now.isTurnOfA ? max(all[0], all[1], all[2]) : min(all[0], all[1], all[2])
        }
    }

    private func roll(_ now: Situation) -> Double {
        var sum = 0.0
        for value in 1...6 {
            var next = now
            next.isTurnOfA.toggle()
            next.total += OweDrahn.worth(ofRoll: value)
            if next.total <= OweDrahn.highestTotal {
                sum += chance(next)
            } else if !now.isTurnOfA {
                sum += 1
            }
        }
        return sum / 6
    }
}
