public import GameKitProtocol

extension Dice {
    public static var hasBot: Bool { true }

    /// Easy holds on a whim. Medium holds at 20, where a roll loses on average what it gains. Hard looks at the others'
    /// scores too: ``keepsPace(with:score:turnTotal:target:)``. Whoever has enough to win banks it.
    public static func choose(
        for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom
    ) -> Move? {
        guard view.turn == seat else { return nil }
        let (score, turnTotal, target) = (view.scores[seat], view.turnTotal, view.target)
        guard turnTotal > 0 else { return Move(action: .roll) }
        guard score + turnTotal < target else { return Move(action: .hold) }
        let holds =
            switch level {
            case .easy: random.next(below: 3) == 0
            case .medium: turnTotal >= 20
            case .hard: keepsPace(with: rival(of: seat, in: view), score: score, turnTotal: turnTotal, target: target)
            }
        return Move(action: holds ? .hold : .roll)
    }

    /// Whether to hold by "end race or keep pace" (Neller and Presser, "Practical Play of the Dice Game Pig", The UMAP
    /// Journal 31, 2010). Once anybody is within 29 points of the target, another turn may never come: roll on until it is
    /// won. Before that hold at 21 points, one more for every 8 that the rival is ahead, one less for every 8 behind.
    ///
    /// The 8 is for a target of 100 and grows with the target; a round to less than 40 is a race from the start. So, two
    /// playing, it wins at least 47 of 100 rounds against the best that can be played, and 48 where the target is 100.
    static func keepsPace(with rival: Int, score: Int, turnTotal: Int, target: Int) -> Bool {
        let isRace = target < 40 || target - max(score, rival) <= 29
        // 21 and 12 1/2 points for a lead of the whole target, rounded to the nearest; nobody leads by more.
        let pace = (43 * target + 25 * (rival - score)) / (2 * target)
        return !isRace && turnTotal >= pace
    }

    /// The best score of the others, who may have left: a view does not tell.
    private static func rival(of seat: Seat, in view: View) -> Int {
        view.scores.indices.filter { Seat($0) != seat }.map { view.scores[$0] }.max() ?? 0
    }
}
