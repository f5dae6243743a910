public import GameKitProtocol

extension TicTacToe {
    public static var hasBot: Bool { true }

    /// Easy takes any free square. Medium fills a line when it can, else stops the other from filling one. Hard plays
    /// perfectly, so it never loses.
    public static func choose(
        for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom
    ) -> Move? {
        guard view.turn == seat else { return nil }
        let board = Board(rows: view.board)
        let squares =
            switch level {
            case .easy: board.free
            case .medium: board.urgent
            case .hard: board.best
            }
        let square = squares[random.next(below: squares.count)]
        return Move(row: square / Board.side, col: square % Board.side)
    }
}

/// What to take next, in the eyes of whoever is to move. Never empty unless the board is full.
extension Board {
    /// The squares that win at once, else those where the other side would, else all that are free.
    fileprivate var urgent: [Int] {
        [toMove, toMove.opponent].lazy.map(lastOfLine).first { !$0.isEmpty } ?? free
    }

    /// The free squares that would give the mark three in a row.
    private func lastOfLine(_ mark: Mark) -> [Int] { free.filter { taking($0, for: mark).hasLine(mark) } }

    /// The squares that nothing beats, if both sides play perfectly from here on.
    var best: [Int] {
        // On an empty board every square leads to a draw; finding that out takes longer than all later moves together.
        guard free.count < Self.squares.count else { return free }
        let worths = free.map { -taking($0, for: toMove).worth() }
        let most = worths.max()
        return zip(free, worths).filter { $0.1 == most }.map(\.0)
    }

    /// What perfect play makes of this board for whoever is to move: positive if it wins, more the sooner; negative if it
    /// loses, less the sooner; 0 for a draw. Minimax with alpha-beta pruning: exact between `floor` and `ceiling`.
    private func worth(from floor: Int = -10, to ceiling: Int = 10) -> Int {
        let rest = free
        // The other side has just moved: only it can have a new line.
        if hasLine(toMove.opponent) { return -(rest.count + 1) }
        if rest.isEmpty { return 0 }
        var worth = floor
        for square in rest where worth < ceiling {
            worth = max(worth, -taking(square, for: toMove).worth(from: -ceiling, to: -worth))
        }
        return worth
    }
}
