import GameKitProtocol
import Testing

@testable import OweDrahn

@Suite struct OweDrahnTests {
    typealias Driver = RoundDriver<OweDrahn>

    static let roll = OweDrahn.Move(action: .roll)
    static func owe(_ next: Seat?) -> OweDrahn.Move { .init(action: .owe, next: next) }

    /// A round of seats 0, 1, ... with these lives left.
    static func round(lives: [Int] = [6, 6, 6], total: Int = 0, turn: Seat = 0) throws -> Driver {
        var driver = try Driver(taken: lives.indices.map { Seat($0) })
        for (seat, count) in lives.enumerated() { driver.round.lives[seat] = count }
        driver.round.total = total
        driver.round.turn = turn
        return driver
    }

    @Test(arguments: [
        (0, 1), (-1, 1), (11, 1), (Int.max, 1), (Int.min, 1),
        (6, -1), (6, 1001), (6, Int.max), (6, Int.min), (0, -1),
    ])
    func `options out of range are refused`(lives: Int, bet: Int) {
        let refusal = #expect(throws: Refusal.self) { try OweDrahn.seats(for: .init(lives: lives, bet: bet)) }
        #expect(refusal?.reason == "out_of_range")
    }

    @Test(arguments: [(1, 0), (10, 1000), (6, 1)])
    func `two to eight may play, whatever the options`(lives: Int, bet: Int) throws {
        #expect(try OweDrahn.seats(for: .init(lives: lives, bet: bet)) == 2...8)
    }

    @Test func `without options there are six lives and a bet of one`() throws {
        #expect(try jsonText(OweDrahn.defaultOptions) == #"{"bet":1,"lives":6}"#)
    }

    @Test(arguments: [
        "{}", "[]", #""roll""#, #"{"action":""}"#, #"{"action":"Roll"}"#, #"{"action":"hold"}"#, #"{"action":null}"#,
        #"{"action":0}"#, #"{"next":1}"#, #"{"owe":{"next":1}}"#, #"{"action":"owe","next":"1"}"#,
        #"{"action":"owe","next":0.5}"#, #"{"action":"owe","next":[1]}"#, #"{"action":"owe","next":{"rawValue":1}}"#,
    ])
    func `what is neither roll nor owe is no move`(text: String) {
        #expect(throws: DecodingError.self) { try decode(OweDrahn.Move.self, text) }
    }

    @Test func `each player begins about as often`() throws {
        var begun = [0, 0, 0]
        for seed in 0..<300 as Range<UInt64> {
            begun[try Driver(taken: [0, 1, 2], seed: seed).round.turn] += 1
        }
        #expect(begun.allSatisfy { 75...125 ~= $0 })
    }

    @Test func `only who sits at the start takes part`() throws {
        let driver = try Driver(options: .init(lives: 2, bet: 5), taken: [1, 4, 6])
        #expect(driver.view.players.map(\.seat) == [1, 4, 6])
        #expect(driver.view.players.map(\.lives) == [2, 2, 2])
        #expect(try [1, 4, 6].contains(#require(driver.view.turn)))
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 0), (4, 4), (5, 5), (6, 6)])
    func `a roll adds to the common total, a 3 adds nothing, and the next one moves`(value: Int, worth: Int) throws {
        var driver = try Self.round(total: 9, turn: 1)
        driver.random = .rolling(value)
        try driver.play(Self.roll, by: 1)
        #expect(driver.round.total == 9 + worth)
        #expect(driver.round.toMove == [2])
        #expect(driver.takeTold() == [.rolled(seat: 1, value: value, total: 9 + worth)])
    }

    @Test func `after the last seat the first one moves, and who is out is skipped`() throws {
        var driver = try Self.round(lives: [0, 6, 6, 6, 0], turn: 3)
        driver.random = .rolling(1)
        try driver.play(Self.roll, by: 3)
        #expect(driver.round.toMove == [1])
    }

    @Test(arguments: [(10, 5), (12, 3), (15, 3), (14, 1), (11, 4)])
    func `a total of at most 15 puts nobody out`(total: Int, value: Int) throws {
        var driver = try Self.round(total: total)
        driver.random = .rolling(value)
        try driver.play(Self.roll, by: 0)
        #expect(driver.round.living == [0, 1, 2])
        #expect(driver.round.total == (value == 3 ? total : 15))
    }

    @Test(arguments: [(15, 1), (15, 6), (10, 6), (14, 2), (12, 4)])
    func `a total above 15 puts the roller out with all lives and goes back to 0`(total: Int, value: Int) throws {
        var driver = try Self.round(total: total, turn: 2)
        driver.random = .rolling(value)
        try driver.play(Self.roll, by: 2)
        #expect(driver.round.lives[2] == 0)
        #expect(driver.round.total == 0)
        #expect(driver.round.toMove == [0])
        #expect(driver.round.outcome == nil)
        #expect(
            driver.takeTold() == [
                .rolled(seat: 2, value: value, total: total + value), .eliminated(seat: 2, total: total + value),
            ])
    }
}

/// Owing.
extension OweDrahnTests {
    @Test(arguments: [(10, 1), (15, 2), (12, 0)] as [(Int, Seat)])
    func `owing costs a life, clears the total and names who is next`(total: Int, next: Seat) throws {
        var driver = try Self.round(lives: [2, 1, 6], total: total)
        try driver.play(Self.owe(next), by: 0)
        #expect(driver.round.lives.prefix(3) == [1, 1, 6])
        #expect(driver.round.total == 0)
        #expect(driver.round.toMove == [next])
        #expect(driver.takeTold() == [.owed(seat: 0, next: next)])
    }

    @Test(arguments: [
        // Too few lives, or too low a total.
        (1, 10, 1, "cannot_owe"), (1, 15, 1, "cannot_owe"), (6, 9, 1, "cannot_owe"), (6, 0, 1, "cannot_owe"),
        (1, 9, 1, "cannot_owe"), (1, 9, 99, "cannot_owe"), (6, 9, nil, "cannot_owe"),
        // Nobody, somebody who is out, an empty place, no place at all.
        (6, 10, nil, "bad_next"), (6, 10, 2, "bad_next"), (6, 15, 5, "bad_next"), (6, 10, 7, "bad_next"),
        (2, 10, 8, "bad_next"), (6, 10, -1, "bad_next"), (6, 10, 63, "bad_next"), (6, 10, 64, "bad_next"),
        (6, 10, Int.max, "bad_next"), (6, 10, Int.min, "bad_next"),
    ])
    func `a debt that cannot be is refused`(lives: Int, total: Int, next: Int?, reason: String) throws {
        let driver = try Self.round(lives: [lives, 6, 0, 6], total: total)
        #expect(driver.reason(against: Self.owe(next.map { Seat($0) }), by: 0) == reason)
    }
}

/// Ends and rematches.
extension OweDrahnTests {
    @Test func `the last one living wins the bet of each who started`() throws {
        var driver = try Driver(options: .init(lives: 6, bet: 5), taken: [0, 1, 2])
        driver.round.lives[0] = 0
        driver.round.turn = 2
        driver.round.total = 15
        driver.random = .rolling(6)
        try driver.play(Self.roll, by: 2)
        #expect(driver.round.outcome == .won(by: 1))
        #expect(driver.round.toMove.isEmpty)
        #expect(driver.view.players.map(\.balance) == [-5, 10, -5])
    }

    @Test func `leaving in turn is being put out, and the next one moves`() throws {
        var driver = try Self.round(total: 12, turn: 1)
        driver.timeOut(1)
        #expect(driver.round.toMove == [2])
        #expect(driver.round.total == 0)
        #expect(driver.view.players.map(\.alive) == [true, false, true])
        #expect(driver.takeTold() == [.eliminated(seat: 1, total: 12)])
    }

    @Test func `leaving out of turn clears the total too, and leaves the turn where it is`() throws {
        var driver = try Self.round(total: 12, turn: 1)
        driver.leave(0)
        #expect(driver.round.toMove == [1])
        #expect(driver.round.total == 0)
    }

    @Test func `whoever is out already only goes`() throws {
        var driver = try Self.round(lives: [0, 6, 6], total: 12, turn: 1)
        let before = driver.round
        driver.leave(0)
        #expect(driver.round == before)
        #expect(driver.takeTold().isEmpty)
    }

    @Test func `when all others leave the bets are paid all the same`() throws {
        var driver = try Self.round(turn: 1)
        driver.leave(1)
        #expect(driver.view.players.map(\.balance) == [0, 0, 0])
        driver.leave(0)
        #expect(driver.view.players.map(\.balance) == [-1, -1, 2])
        #expect(driver.view.winner == 2)
        #expect(driver.view.turn == nil)
    }

    @Test func `balances stay with the seats over rematches`() throws {
        var first = try Driver(taken: [0, 1, 2])
        first.leave(0)
        first.leave(2)
        var second = try Driver(taken: [1, 3], after: first.round)
        #expect(second.view.players.map(\.balance) == [2, 0])
        #expect(second.view.players.map(\.lives) == [6, 6])
        second.leave(1)
        let third = try Driver(taken: [0, 1, 2, 3], after: second.round)
        #expect(third.view.players.map(\.balance) == [-1, 1, -1, 1])
    }

    @Test func `a view shows the players, the turn and the end`() throws {
        var driver = try Driver(options: .init(lives: 1, bet: 3), taken: [2, 5])
        driver.round.turn = 5
        #expect(
            try jsonText(driver.view) == #"{"bet":3,"players":[{"alive":true,"balance":0,"lives":1,"seat":2},"#
                + #"{"alive":true,"balance":0,"lives":1,"seat":5}],"total":0,"turn":5}"#)
        driver.round.total = 14
        driver.random = .rolling(4)
        try driver.play(Self.roll, by: 5)
        #expect(
            try jsonText(driver.view) == #"{"bet":3,"lastRoll":4,"players":[{"alive":true,"balance":3,"lives":1,"#
                + #""seat":2},{"alive":false,"balance":-3,"lives":0,"seat":5}],"total":0,"winner":2}"#)
    }
}
