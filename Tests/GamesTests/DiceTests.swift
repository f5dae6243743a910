import GameKitProtocol
import Testing

@testable import Dice

@Suite struct DiceTests {
    typealias Driver = RoundDriver<Dice>

    static let roll = Dice.Move(action: .roll)
    static let hold = Dice.Move(action: .hold)

    @Test(arguments: [
        (1, 100), (0, 100), (-1, 100), (7, 100), (Int.max, 100), (Int.min, 100),
        (2, 9), (2, 0), (2, -100), (2, 1001), (2, Int.max), (2, Int.min), (7, 1001),
    ])
    func `options out of range are refused`(seats: Int, target: Int) {
        let refusal = #expect(throws: Refusal.self) { try Dice.seats(for: .init(seats: seats, target: target)) }
        #expect(refusal?.reason == "out_of_range")
    }

    @Test(arguments: [(2, 10), (6, 1000), (3, 100)])
    func `a table has exactly the seats that were asked for`(seats: Int, target: Int) throws {
        #expect(try Dice.seats(for: .init(seats: seats, target: target)) == seats...seats)
    }

    @Test func `without options two play to 100`() throws {
        #expect(try jsonText(Dice.defaultOptions) == #"{"seats":2,"target":100}"#)
    }

    @Test(arguments: [
        "{}", "[]", #""roll""#, #"{"action":""}"#, #"{"action":"Roll"}"#, #"{"action":"ROLL"}"#, #"{"action":" roll"}"#,
        #"{"action":"bank"}"#, #"{"action":"rolled"}"#, #"{"action":null}"#, #"{"action":1}"#, #"{"action":true}"#,
        #"{"action":["roll"]}"#, #"{"action":{"roll":{}}}"#, #"{"Action":"roll"}"#, #"{"roll":{}}"#,
    ])
    func `anything but roll and hold is no move`(text: String) {
        #expect(throws: DecodingError.self) { try decode(Dice.Move.self, text) }
    }

    @Test func `seat 0 begins`() throws {
        #expect(try Driver().round.toMove == [0])
    }

    @Test(arguments: 2...6)
    func `a roll of 2 to 6 adds to the turn's total`(value: Int) throws {
        var driver = try Driver()
        driver.round.turnTotal = 7
        driver.random = .rolling(value)
        try driver.play(Self.roll, by: 0)
        #expect(driver.round.turnTotal == 7 + value)
        #expect(driver.round.toMove == [0])
        #expect(driver.takeTold() == [.rolled(seat: 0, value: value)])
    }

    @Test func `a 1 loses the turn's total and passes`() throws {
        var driver = try Driver()
        driver.round.scores = [30, 40]
        driver.random = .rolling(6, 1)
        try driver.play(Self.roll, by: 0)
        try driver.play(Self.roll, by: 0)
        #expect(driver.round.scores == [30, 40])
        #expect(driver.round.turnTotal == 0)
        #expect(driver.round.toMove == [1])
        #expect(driver.takeTold() == [.rolled(seat: 0, value: 6), .rolled(seat: 0, value: 1), .busted(seat: 0)])
    }

    @Test func `holding banks the turn's total and passes`() throws {
        var driver = try Driver()
        driver.round.scores = [30, 40]
        driver.round.turnTotal = 12
        try driver.play(Self.hold, by: 0)
        #expect(driver.round.scores == [42, 40])
        #expect(driver.round.turnTotal == 0)
        #expect(driver.round.toMove == [1])
        #expect(driver.takeTold() == [.held(seat: 0, banked: 12, score: 42)])
    }

    @Test func `there is nothing to hold before the first roll of a turn`() throws {
        var driver = try Driver()
        #expect(driver.reason(against: Self.hold, by: 0) == "nothing_to_hold")
        driver.random = .rolling(1)
        try driver.play(Self.roll, by: 0)
        #expect(driver.reason(against: Self.hold, by: 1) == "nothing_to_hold")
    }

    @Test(arguments: [88, 89, 99])
    func `the target wins only when it is banked`(score: Int) throws {
        var driver = try Driver()
        driver.round.scores = [score, 99]
        driver.round.turnTotal = 10
        driver.random = .rolling(2)
        try driver.play(Self.roll, by: 0)
        #expect(driver.round.outcome == nil)
        try driver.play(Self.hold, by: 0)
        #expect(driver.round.outcome == .won(by: 0, scores: [score + 12, 99]))
        #expect(driver.round.toMove.isEmpty)
    }

    @Test func `one point below the target does not win`() throws {
        var driver = try Driver()
        driver.round.scores = [80, 0]
        driver.round.turnTotal = 19
        try driver.play(Self.hold, by: 0)
        #expect(driver.round.outcome == nil)
    }
}

/// More than two.
extension DiceTests {
    static func three() throws -> Driver { try Driver(options: .init(seats: 3, target: 100)) }

    @Test func `the turn goes round the table`() throws {
        var driver = try Self.three()
        for seat in [0, 1, 2, 0] as [Seat] {
            #expect(driver.round.toMove == [seat])
            driver.random = .rolling(1)
            try driver.play(Self.roll, by: seat)
        }
    }

    @Test func `whoever leaves in turn loses what is not banked, and the next seat moves`() throws {
        var driver = try Self.three()
        driver.round.turnTotal = 9
        driver.timeOut(0)
        #expect(driver.round.toMove == [1])
        #expect(driver.round.turnTotal == 0)
        #expect(driver.round.outcome == nil)
    }

    @Test func `whoever leaves out of turn changes nothing for the one who moves`() throws {
        var driver = try Self.three()
        driver.round.turnTotal = 9
        driver.leave(1)
        #expect(driver.round.toMove == [0])
        #expect(driver.round.turnTotal == 9)
        try driver.play(Self.hold, by: 0)
        #expect(driver.round.toMove == [2], "the empty seat is skipped")
    }

    @Test func `the last one left wins whatever the scores`() throws {
        var driver = try Self.three()
        driver.round.scores = [90, 10, 50]
        driver.leave(2)
        #expect(driver.round.outcome == nil)
        driver.leave(0)
        #expect(driver.round.outcome == .won(by: 1, scores: [90, 10, 50]))
        #expect(driver.view.turn == nil)
    }

    @Test func `in a rematch the next seat begins, after the last one the first`() throws {
        var driver = try Self.three()
        for seat in [1, 2, 0] as [Seat] {
            driver.leave(2)
            driver = try Driver(options: .init(seats: 3, target: 100), after: driver.round)
            #expect(driver.round.toMove == [seat])
            #expect(driver.round.scores == [0, 0, 0])
        }
    }

    @Test func `a view shows the score, the turn and the end`() throws {
        var driver = try Driver(options: .init(seats: 2, target: 10))
        #expect(try jsonText(driver.view) == #"{"scores":[0,0],"target":10,"turn":0,"turnTotal":0}"#)
        driver.random = .rolling(5, 6)
        try driver.play(Self.roll, by: 0)
        #expect(try jsonText(driver.view) == #"{"lastRoll":5,"scores":[0,0],"target":10,"turn":0,"turnTotal":5}"#)
        try driver.play(Self.roll, by: 0)
        try driver.play(Self.hold, by: 0)
        #expect(try jsonText(driver.view) == #"{"lastRoll":6,"scores":[11,0],"target":10,"turnTotal":0,"winner":0}"#)
    }
}
