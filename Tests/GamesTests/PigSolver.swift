/// Solves Pig for two players who need `target`, each of whom either follows a rule or answers the other in the best
/// possible way (Neller and Presser, "Optimal Play of the Dice Game Pig", The UMAP Journal 25, 2004).
///
/// A turn that banks something leads to a higher sum of scores, so the pairs of scores are solved from the highest sum
/// down. At each pair what is left unknown is two numbers, each side's chance of winning with the turn before it; each
/// follows from the other, and going back and forth between them converges.
struct PigSolver {
    /// Whether to hold, with something to bank that is not enough to win.
    typealias Rule = (_ turnTotal: Int, _ score: Int, _ rival: Int) -> Bool

    private let target: Int
    private let ruleOfA: Rule?
    private let ruleOfB: Rule?
    /// The chance of winning for whoever begins a turn, by own score and rival's.
    private var chanceOfA: [Double]
    private var chanceOfB: [Double]
    /// By turn total, for the turn that is being solved; 1 where it wins.
    private var chances: [Double]

    /// - Parameters a, b: the sides' rules; nil plays as well as can be.
    static func chancesOfA(target: Int, a: Rule?, b: Rule?) -> (beginning: Double, second: Double) {
        var solver = Self(target: target, a: a, b: b)
        solver.solve()
        return (solver.chanceOfA[0], 1 - solver.chanceOfB[0])
    }

    private init(target: Int, a: Rule?, b: Rule?) {
        self.target = target
        (ruleOfA, ruleOfB) = (a, b)
        chanceOfA = Array(repeating: 0.5, count: target * target)
        chanceOfB = chanceOfA
        chances = Array(repeating: 1, count: target + 6)
    }

    private mutating func solve() {
        for sum in (0...2 * (target - 1)).reversed() {
            for score in max(0, sum - target + 1)...min(sum, target - 1) { solve(score, sum - score) }
        }
    }

    private mutating func solve(_ a: Int, _ b: Int) {
        var (ofA, ofB) = (0.5, 0.5)
        /// Goes from B's chance to A's and back.
        func step() -> Double {
            let before = ofB
            ofA = turn(of: ruleOfA, score: a, rival: b, chanceOfRival: ofB, later: chanceOfB)
            ofB = turn(of: ruleOfB, score: b, rival: a, chanceOfRival: ofA, later: chanceOfA)
            return ofB - before
        }
        var (first, second) = (step(), step())
        while abs(second) > 1e-9 {
            // As long as nobody decides otherwise each step is the same part of the one before: take all to come at once.
            ofB += second * second / (first - second)
            (first, second) = (step(), step())
        }
        chanceOfA[a * target + b] = ofA
        chanceOfB[b * target + a] = ofB
    }

    /// The chance of winning for whoever begins a turn with these scores.
    /// - Parameters:
    ///   - chanceOfRival: the rival's chance after a 1, with unchanged scores.
    ///   - later: the rival's chances with the scores after a hold.
    private mutating func turn(
        of rule: Rule?, score: Int, rival: Int, chanceOfRival: Double, later: [Double]
    ) -> Double {
        let missing = target - score
        for total in missing..<missing + 6 { chances[total] = 1 }
        for total in (0..<missing).reversed() {
            let gained = chances[total + 2] + chances[total + 3] + chances[total + 4] + chances[total + 5]
            let rolling = (1 - chanceOfRival + gained + chances[total + 6]) / 6
            guard total > 0 else { return rolling }
            let holding = 1 - later[rival * target + score + total]
            if let rule {
                chances[total] = rule(total, score, rival) ? holding : rolling
            } else {
                chances[total] = max(holding, rolling)
            }
        }
        return 1
    }
}
