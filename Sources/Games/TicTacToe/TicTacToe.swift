public import GameKitProtocol

/// Tic-tac-toe: X begins, and three in a row win.
public struct TicTacToe: Game {
    public static let manifest = GameManifest(
        type: "tictactoe", name: "Tic-tac-toe", seats: 2...2, turnLimit: .seconds(60), grace: .seconds(30))

    /// The square to take. Untrusted: any two numbers.
    public struct Move: Codable, Equatable, Sendable {
        /// 0 at the top.
        var row: Int
        /// 0 on the left.
        var col: Int
    }

    /// What everybody sees.
    public struct View: Encodable, Equatable, Sendable {
        /// Three rows of three marks.
        var board: [[Mark]]
        /// Who plays X.
        var x: Seat
        /// Absent when the round is over.
        var turn: Seat?
        var winner: Seat?
        /// The three squares, as row and column, of a win by play.
        var line: [[Int]]?
        var draw: Bool
    }

    var board = Board()
    /// Who plays X.
    let x: Seat
    /// Who gave the round up.
    var quitter: Seat?

    /// X is seat 0; in a rematch the loser of the round before, after a draw whoever was O.
    public init(at table: inout Table, after previous: Self?) {
        x = previous.map { ($0.winner ?? $0.x).opponent } ?? 0
    }

    public var toMove: SeatSet { outcome == nil ? [seat(of: board.toMove)] : [] }

    public mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        guard 0..<Board.side ~= move.row, 0..<Board.side ~= move.col else { throw .outOfBoard }
        let square = move.row * Board.side + move.col
        guard board.isFree(square) else { throw .squareTaken }
        board.take(square, for: board.toMove)
    }

    public mutating func left(_ seat: Seat, at table: inout Table) { quitter = seat }

    var winner: Seat? {
        if let quitter { return quitter.opponent }
        return [Mark.x, .o].first(where: board.hasLine).map(seat)
    }

    public var outcome: Outcome? {
        if let winner { return .won(by: winner) }
        return board.isFull ? .draw : nil
    }

    public func view(for viewer: Viewer) -> View {
        View(
            board: board.rows, x: x, turn: toMove.first, winner: winner,
            line: board.line?.map { [$0 / Board.side, $0 % Board.side] }, draw: outcome == .draw)
    }

    private func seat(of mark: Mark) -> Seat { mark == .x ? x : x.opponent }
}

extension Seat {
    fileprivate var opponent: Seat { next(of: 2) }
}

extension Refusal {
    static let outOfBoard = Refusal("out_of_board", "row and col are whole numbers from 0 to 2.")
    static let squareTaken = Refusal("square_taken", "That square is taken.")
}
