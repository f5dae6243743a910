public import GameKitProtocol

/// Connect Four: discs fall into seven columns of six, four of one's own in a line win.
public struct ConnectFour: Game {
    public static let manifest = GameManifest(
        type: "connectfour", name: "Connect Four", seats: 2...2, turnLimit: .seconds(60))

    public struct Move: Codable, Sendable {
        let column: Int
        public init(column: Int) { self.column = column }
    }

    /// Rows from the top; each cell the seat whose disc lies there, or null.
    public struct View: Codable, Sendable {
        public let rows: [[Seat?]]
        public let turn: Seat?
        public let winner: Seat?
    }

    static let columns = 7
    static let rows = 6

    /// Bottom row first.
    private var cells = [Seat?](repeating: nil, count: columns * rows)
    private var turn: Seat
    private var winner: Seat?

    /// The loser begins the next round, after a draw the one who did not begin this one.
    public init(at table: inout Table, after previous: Self?) {
        turn = previous.map { ($0.winner ?? $0.turn).next(of: 2) } ?? 0
    }

    public var toMove: SeatSet { [turn] }

    public mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        guard 0..<Self.columns ~= move.column else { throw Refusal("no_such_column", "Columns are 0 to 6.") }
        let column = stride(from: move.column, to: cells.count, by: Self.columns)
        guard let cell = column.first(where: { cells[$0] == nil }) else {
            throw Refusal("column_full", "That column is full.")
        }
        cells[cell] = seat
        if completesLine(cell) { winner = seat } else { turn = turn.next(of: 2) }
    }

    public var outcome: Outcome? {
        if let winner { .won(by: winner) } else { cells.contains(nil) ? nil : .draw }
    }

    /// Who forfeits loses, and begins the next round.
    public mutating func left(_ seat: Seat, at table: inout Table) { winner = seat.next(of: 2) }

    public func view(for viewer: Viewer) -> View {
        let rows = stride(from: 0, to: cells.count, by: Self.columns).map { Array(cells[$0..<$0 + Self.columns]) }
        return View(rows: rows.reversed(), turn: outcome == nil ? turn : nil, winner: winner)
    }

    private func completesLine(_ cell: Int) -> Bool {
        let (x, y) = (cell % Self.columns, cell / Self.columns)
        func run(_ dx: Int, _ dy: Int) -> Int {
            (1...3).prefix { step in
                let (x, y) = (x + dx * step, y + dy * step)
                return 0..<Self.columns ~= x && 0..<Self.rows ~= y && cells[y * Self.columns + x] == cells[cell]
            }.count
        }
        return [(1, 0), (0, 1), (1, 1), (1, -1)].contains { dx, dy in run(dx, dy) + run(-dx, -dy) >= 3 }
    }
}

extension ConnectFour {
    public static var hasBot: Bool { true }

    /// Wins if it can, blocks if it must, else plays near the middle.
    public static func choose(
        for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom
    ) -> Move? {
        var game = ConnectFour(seeing: view)
        let open = (0..<columns).filter { view.rows[0][$0] == nil }
        for player in [seat, seat.next(of: 2)] where level != .easy {
            if let column = open.first(where: { game.wins(by: player, in: $0) }) { return Move(column: column) }
        }
        let choices = open.flatMap { Array(repeating: $0, count: 4 - abs($0 - 3)) }
        return choices.isEmpty ? nil : Move(column: choices[random.next(below: choices.count)])
    }

    private init(seeing view: View) {
        cells = Array(view.rows.reversed().joined())
        turn = view.turn ?? 0
    }

    private mutating func wins(by player: Seat, in column: Int) -> Bool {
        let places = stride(from: column, to: cells.count, by: Self.columns)
        guard let cell = places.first(where: { cells[$0] == nil }) else { return false }
        cells[cell] = player
        defer { cells[cell] = nil }
        return completesLine(cell)
    }
}
