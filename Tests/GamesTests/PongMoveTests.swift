import Foundation
import GameKitProtocol
import Testing

@testable import Pong

@Suite struct PongMoveTests {
    @Test(arguments: [
        (#"{}"#, "bad_move"),
        (#"{"input": 1}"#, "bad_move"),
        (#"{"dir": null, "dy": null}"#, "bad_move"),
        (#"{"dir": 0, "dy": 0}"#, "bad_move"),
        (#"{"dir": 7, "dy": 99}"#, "bad_move"),
        (#"{"dir": 2}"#, "out_of_range"),
        (#"{"dir": -2}"#, "out_of_range"),
        (#"{"dir": 9223372036854775807}"#, "out_of_range"),
        (#"{"dir": -9223372036854775808}"#, "out_of_range"),
        (#"{"dy": 21}"#, "out_of_range"),
        (#"{"dy": -21}"#, "out_of_range"),
        (#"{"dy": 9223372036854775807}"#, "out_of_range"),
        (#"{"dy": -9223372036854775808}"#, "out_of_range"),
        (#"{"dir": 1, "input": -1}"#, "out_of_range"),
        (#"{"dir": 1, "input": 9007199254740992}"#, "out_of_range"),
        (#"{"dy": 20, "input": -9223372036854775808}"#, "out_of_range"),
    ])
    func `a move that cannot be played is refused and changes nothing`(json: String, reason: String) throws {
        let move = try JSONDecoder().decode(Pong.Move.self, from: Data(json.utf8))
        for seat in Seat.sides {
            var rally = PongRally()
            let before = rally.round
            let refusal = #expect(throws: Refusal.self) { try rally.play(move, by: seat) }
            #expect(refusal?.reason == reason)
            #expect(rally.round == before)
        }
    }

    @Test(arguments: [
        #"{"dir": "up"}"#, #"{"dir": 0.5}"#, #"{"dy": 1e300}"#, #"{"dir": true}"#, #"{"dy": [1]}"#,
        #"{"dir": 1, "input": "1"}"#, #"{"dy": 18446744073709551616}"#, "[]", "1",
    ])
    func `what is no whole number cannot even be read as a move`(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Pong.Move.self, from: Data(json.utf8)) }
    }

    @Test(arguments: [-1, 0, 1])
    func `a direction is held until another one comes`(dir: Int) throws {
        var rally = PongRally()
        try rally.play(.init(dir: dir), by: 0)
        rally.tick(10)
        #expect(rally.view.paddles == [4000 + 10 * 128 * dir, 4000])
        try rally.play(.init(dir: 0), by: 0)
        rally.tick(10)
        #expect(rally.view.paddles == [4000 + 10 * 128 * dir, 4000])
    }

    @Test func `a distance is covered at the paddle's pace and then it stands`() throws {
        var rally = PongRally()
        try rally.play(.init(dy: -20), by: 1)
        let way = (0..<5).map { _ in
            rally.tick()
            return rally.view.paddles[1]
        }
        #expect(way == [3872, 3744, 3680, 3680, 3680])
    }

    @Test func `a newer move replaces what is left of an older one`() throws {
        var rally = PongRally()
        try rally.play(.init(dy: 20), by: 0)
        rally.tick()
        try rally.play(.init(dy: -1), by: 0)
        rally.tick(3)
        #expect(rally.view.paddles == [4000 + 128 - 16, 4000])
        try rally.play(.init(dir: 1), by: 0)
        rally.tick()
        try rally.play(.init(dy: 1), by: 0)
        rally.tick(3)
        #expect(rally.view.paddles == [4000 + 128 - 16 + 128 + 16, 4000])
    }

    @Test(arguments: [(-1, 0), (1, 8000)])
    func `a paddle stays in the court however long it is driven on`(dir: Int, edge: Int) throws {
        var rally = PongRally()
        try rally.play(.init(dir: dir), by: 0)
        try rally.play(.init(dir: dir), by: 1)
        for _ in 0..<200 {
            rally.tick()
            #expect(rally.view.paddles.allSatisfy { 0...8000 ~= $0 })
        }
        #expect(rally.view.paddles == [edge, edge])
        try rally.play(.init(dir: -dir), by: 0)
        rally.tick()
        #expect(rally.view.paddles == [edge - 128 * dir, edge], "it turns at once, owing nothing to the wall")
    }

    @Test func `the last input taken from each seat is shown, a lower one too`() throws {
        var rally = PongRally()
        #expect(rally.view.inputs == [0, 0])
        try rally.play(.init(dir: 1, input: 41), by: 0)
        try rally.play(.init(dy: 1, input: 9_007_199_254_740_991), by: 1)
        #expect(rally.view.inputs == [41, 9_007_199_254_740_991])
        try rally.play(.init(dir: 0), by: 0)
        #expect(rally.view.inputs[0] == 41)
        try rally.play(.init(dir: 0, input: 1), by: 0)
        #expect(rally.view.inputs[0] == 1)
    }

    @Test func `a paddle whose player goes away stops, and the other one does not`() throws {
        var rally = PongRally()
        try rally.play(.init(dir: 1), by: 0)
        try rally.play(.init(dir: -1), by: 1)
        rally.tick()
        rally.away(0)
        rally.tick(2)
        #expect(rally.view.paddles == [4128, 4000 - 3 * 128])
    }
}
