import GameKitProtocol
import Testing

@testable import TicTacToe

@Suite struct TicTacToeTests {
    typealias Driver = RoundDriver<TicTacToe>

    /// A round in which the squares, numbered row by row, were taken in this order.
    static func round(_ squares: [Int], after previous: TicTacToe? = nil) throws -> Driver {
        var driver = try Driver(after: previous)
        for square in squares {
            let seat = try #require(driver.round.toMove.first)
            try driver.play(move(square), by: seat)
        }
        return driver
    }

    static func move(_ square: Int) -> TicTacToe.Move { .init(row: square / 3, col: square % 3) }

    /// Nobody has three in a row.
    static let draw = [0, 1, 2, 4, 3, 5, 7, 6, 8]

    @Test func `seat 0 is X and begins`() throws {
        let driver = try Driver()
        #expect(driver.view.x == 0)
        #expect(driver.round.toMove == [0])
        #expect(driver.round.outcome == nil)
    }

    @Test func `the seats take turns`() throws {
        #expect(try Self.round([4]).round.toMove == [1])
        #expect(try Self.round([4, 0]).round.toMove == [0])
    }

    @Test(arguments: [
        (-1, 0, "out_of_board"), (0, -1, "out_of_board"), (3, 0, "out_of_board"), (0, 3, "out_of_board"),
        (-1, 3, "out_of_board"), (3, -1, "out_of_board"), (9, 9, "out_of_board"), (Int.max, 0, "out_of_board"),
        (0, Int.max, "out_of_board"), (Int.min, 0, "out_of_board"), (0, Int.min, "out_of_board"),
        (Int.max, Int.max, "out_of_board"), (Int.min, Int.min, "out_of_board"),
        (1, 1, "square_taken"), (0, 2, "square_taken"), (2, 0, "square_taken"),
    ])
    func `an illegal move is refused`(row: Int, col: Int, reason: String) throws {
        let driver = try Self.round([4, 2, 6])
        #expect(driver.reason(against: .init(row: row, col: col), by: 1) == reason)
    }

    @Test(arguments: [
        "{}", "[]", "4", #"{"row":0}"#, #"{"col":0}"#, #"{"row":null,"col":0}"#, #"{"row":"0","col":0}"#,
        #"{"row":0.5,"col":0}"#, #"{"row":[0],"col":0}"#, #"{"row":true,"col":0}"#, #"{"row":1e99,"col":0}"#,
    ])
    func `what names no two numbers is no move`(text: String) {
        #expect(throws: DecodingError.self) { try decode(TicTacToe.Move.self, text) }
    }

    @Test(arguments: [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]])
    func `three in a row win for X as for O`(line: [Int]) throws {
        let others = (0..<9).filter { !line.contains($0) }
        // Whatever the line is, these of the other squares are none.
        let harmless = [others[0], others[1], others[3]]
        let squares = line.map { [$0 / 3, $0 % 3] }

        let x = try Self.round([line[0], harmless[0], line[1], harmless[1], line[2]])
        #expect(x.round.outcome == .won(by: 0))
        #expect(x.view.line == squares)

        let o = try Self.round([harmless[0], line[0], harmless[1], line[1], harmless[2], line[2]])
        #expect(o.round.outcome == .won(by: 1))
        #expect(o.view.line == squares)
    }

    @Test func `a full board without a line is a draw`() throws {
        let driver = try Self.round(Self.draw)
        #expect(driver.round.outcome == .draw)
        #expect(driver.view.draw)
        #expect(driver.round.toMove.isEmpty)
    }

    @Test func `a line on the last square wins and is no draw`() throws {
        let driver = try Self.round([0, 1, 2, 3, 4, 6, 5, 7, 8])
        #expect(driver.round.outcome == .won(by: 0))
        #expect(!driver.view.draw)
    }

    @Test(arguments: [0, 1] as [Seat])
    func `whoever leaves loses, in turn or not`(seat: Seat) throws {
        var driver = try Self.round([4])
        driver.leave(seat)
        #expect(driver.view.winner == seat.next(of: 2))
        #expect(driver.view.turn == nil)
        #expect(driver.view.line == nil)
        #expect(!driver.view.draw)
    }

    @Test func `running out of time is leaving`() throws {
        var driver = try Self.round([4])
        driver.timeOut(1)
        #expect(driver.view.winner == 0)
    }
}

extension TicTacToeTests {
    @Test func `in a rematch the loser is X`() throws {
        let lostByO = try Self.round([0, 3, 1, 4, 2])
        let rematch = try Self.round([], after: lostByO.round)
        #expect(rematch.view.x == 1)
        #expect(rematch.round.toMove == [1])

        let lostByX = try Self.round([0, 3, 1, 4, 8, 5], after: lostByO.round)
        #expect(lostByX.round.outcome == .won(by: 0))
        #expect(try Self.round([], after: lostByX.round).view.x == 1)
    }

    @Test func `after a draw the other one is X`() throws {
        let first = try Self.round(Self.draw)
        let second = try Self.round(Self.draw, after: first.round)
        #expect(second.view.x == 1)
        #expect(try Self.round([], after: second.round).view.x == 0)
    }

    @Test(arguments: [0, 1] as [Seat])
    func `after a forfeit whoever gave up is X`(quitter: Seat) throws {
        var driver = try Driver()
        driver.leave(quitter)
        #expect(try Self.round([], after: driver.round).view.x == quitter)
    }

    @Test(arguments: [
        ([4], #"{"board":[["","",""],["","X",""],["","",""]],"draw":false,"turn":1,"x":0}"#),
        (
            [0, 3, 1, 4, 2],
            #"{"board":[["X","X","X"],["O","O",""],["","",""]],"draw":false,"line":[[0,0],[0,1],[0,2]],"winner":0,"x":0}"#
        ),
        (draw, #"{"board":[["X","O","X"],["X","O","O"],["O","X","X"]],"draw":true,"x":0}"#),
    ])
    func `a view shows`(squares: [Int], text: String) throws {
        #expect(try jsonText(Self.round(squares).view) == text)
    }
}
