public import GameKitProtocol

extension OweDrahn {
    public static var hasBot: Bool { true }

    /// Easy owes when a coin says so, and names anybody. Medium owes when a roll is as likely to put it out as not, and
    /// passes to the next one as a roll would. Hard weighs its lives against the risk, and counts who will meet it next.
    /// Where two play with six lives, nobody can win more than 51 rounds in 100 against it.
    public static func choose(
        for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom
    ) -> Move? {
        let living = view.players.filter(\.alive)
        guard view.turn == seat, let place = living.firstIndex(where: { $0.seat == seat }) else { return nil }
        let lives = living[place].lives
        guard lives > 1, view.total >= lowestOwed else { return Move(action: .roll) }

        let fatal = fatalRolls(at: view.total)
        let (owes, steps) =
            switch level {
            case .easy: (random.next(below: 2) == 0, random.next(below: living.count))
            case .medium: (fatal >= 3, 1)
            // Being put out costs all lives, owing one: owe when that is no more than what a roll costs on average. Then
            // be the third to roll, the last whose total is likely to be still harmless.
            case .hard: (fatal * lives >= 6, living.count - 2)
            }
        guard owes else { return Move(action: .roll) }
        return Move(action: .owe, next: living[(place + steps) % living.count].seat)
    }

    /// How many of the six rolls put out whoever rolls now.
    static func fatalRolls(at total: Int) -> Int {
        (1...6).count { total + worth(ofRoll: $0) > highestTotal }
    }
}
