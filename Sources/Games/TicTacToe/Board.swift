/// What a square shows.
public enum Mark: String, Codable, Sendable {
    case x = "X"
    case o = "O"
    case empty = ""

    var opponent: Mark {
        switch self {
        case .x: .o
        case .o: .x
        case .empty: .empty
        }
    }
}

/// Nine squares, numbered 0...8 row by row, which X and O take in turns.
struct Board: Codable, Equatable, Sendable {
    /// The squares of X and those of O, a bit each: a bot looks at thousands of boards for one move.
    private var x = 0
    private var o = 0

    static let side = 3
    static let squares = 0..<9
    /// Three rows, three columns, two diagonals.
    private static let lines = [
        [0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6],
    ]
    private static let lineBits = lines.map { $0.reduce(0) { $0 | 1 << $1 } }

    var toMove: Mark { (x | o).nonzeroBitCount.isMultiple(of: 2) ? .x : .o }

    func isFree(_ square: Int) -> Bool { (x | o) & 1 << square == 0 }

    var free: [Int] { Self.squares.filter(isFree) }

    var isFull: Bool { (x | o).nonzeroBitCount == Self.squares.count }

    /// Puts a mark on a free square.
    mutating func take(_ square: Int, for mark: Mark) {
        if mark == .x { x |= 1 << square } else { o |= 1 << square }
    }

    func taking(_ square: Int, for mark: Mark) -> Self {
        var board = self
        board.take(square, for: mark)
        return board
    }

    /// Whether the mark has three in a row.
    func hasLine(_ mark: Mark) -> Bool {
        let own = mark == .x ? x : o
        return Self.lineBits.contains { own & $0 == $0 }
    }

    /// The three squares in a row that end the round.
    var line: [Int]? {
        zip(Self.lines, Self.lineBits).first { x & $1 == $1 || o & $1 == $1 }?.0
    }
}

/// As pages draw it.
extension Board {
    var rows: [[Mark]] {
        (0..<Self.side).map { row in (0..<Self.side).map { mark(at: row * Self.side + $0) } }
    }

    init(rows: [[Mark]]) {
        for (square, mark) in zip(Self.squares, rows.joined()) where mark != .empty { take(square, for: mark) }
    }

    private func mark(at square: Int) -> Mark {
        if x & 1 << square != 0 { return .x }
        return o & 1 << square != 0 ? .o : .empty
    }
}
