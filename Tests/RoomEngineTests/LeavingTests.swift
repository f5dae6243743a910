import JSONCoding
import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct LeavingTests {
    static func forfeit(to seat: Seat) throws -> Outcome {
        // Its initialiser is the room's alone, so it is read as a client would.
        try JSONReader.decode(
            Outcome.self, from: Array(#"{"kind":"won","winners":[\#(seat.rawValue)],"by":"forfeit"}"#.utf8))
    }

    @Test func `who leaves a waiting room makes the seat free`() throws {
        var room = try Driver(Crowd.self)
        try room.sit("A")
        let commit = try room.commit(.left(0, .left))
        #expect(commit.events == [.playerLeft(seat: 0, playerId: "pA", name: "A", isBot: false, reason: .left)])
        #expect(commit.departures == [.init(seat: 0, holder: "hA", user: nil, reason: .left)])
        #expect(room.phase == .waiting && room.engine.facts.players == 0)
    }

    @Test(arguments: [(0, .left, 1), (1, .left, 0), (0, .kicked, 1), (1, .expired, 0)] as [(Seat, LeaveReason, Seat)])
    func `of two the other wins, and hears first who left`(seat: Seat, reason: LeaveReason, winner: Seat) throws {
        var room = try Driver(Duel.self, "AB")
        let commit = try room.commit(.left(seat, reason))
        #expect(commit.events.map(\.short) == ["\(reason) \(seat.rawValue)", "ended"])
        #expect(room.outcome == (try Self.forfeit(to: winner)))
        #expect(commit.events.last == .gameEnded(try Self.forfeit(to: winner)))
        #expect(room.phase == .finished && room.calls == ["started by AB", "left \(seat.rawValue)"])
    }

    @Test func `of more the others play on, and the last one wins`() throws {
        var room = try Driver(Crowd.self, "ABCD")
        for seat in [1, 3] as [Seat] {
            #expect(try room.commit(.left(seat, .left)).events.count == 1)
            #expect(room.phase == .playing)
        }
        try room.play(.add(1), by: 0)
        #expect(try room.commit(.left(0, .left)).events.map(\.short) == ["left 0", "ended"])
        #expect(room.outcome == (try Self.forfeit(to: 2)))
    }

    @Test func `only a round that nobody is left in is abandoned`() throws {
        var room = try Driver(Hurry.self, "AB")
        room.pass(.seconds(20))
        #expect(room.outcome == .abandoned, "both were to move, and both let it pass")
    }

    @Test func `who gives up stays at the table, out of the round`() throws {
        var room = try Driver(Crowd.self, "ABC")
        let commit = try room.play(.forfeit, by: 1)
        #expect(commit.events.isEmpty && commit.departures.isEmpty)
        #expect(room.calls.last == "left 1")
        #expect(room.apply(.moved(1, .add(1), id: nil)) == .refused(.notAPlayer))
        #expect(room.engine.facts.players == 3)

        try room.commit(.away(1))
        try room.commit(.back(1))
        try room.commit(.left(1, .left))
        #expect(room.calls == ["started by ABC", "left 1"], "the round is told nothing more of them")
        #expect(room.phase == .playing)
    }

    @Test func `the last but one who gives up ends the round`() throws {
        var room = try Driver(Duel.self, "AB")
        #expect(try room.play(.forfeit, by: 0).events == [.gameEnded(try Self.forfeit(to: 1))])
    }

    @Test func `leaving a finished room changes nothing of its end`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.end(.won(by: 0, scores: [3, 1])), by: 0)
        try room.commit(.left(0, .left))
        #expect(room.outcome == .won(by: 0, scores: [3, 1]) && room.phase == .finished)
        #expect(room.calls == ["started by AB"])
    }

    @Test func `the room's verdict keeps the game's score`() throws {
        #expect(Outcome.forfeited(to: 1, scores: [4, 2]).scores == [4, 2])
    }

    @Test func `a bot that is left alone wins`() throws {
        var room = try Driver(Duel.self, "A")
        try room.sitBot()
        try room.commit(.left(0, .left))
        #expect(room.outcome?.winners == [1])
        #expect(room.engine.status.emptySince == .zero)
    }
}
