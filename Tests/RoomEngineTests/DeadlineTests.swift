import GameKitProtocol
import Testing

@testable import RoomEngine

/// The turn timer.
@Suite struct TurnTimerTests {
    @Test func `whoever is to move and does not is out`() throws {
        var room = try Driver(Hurry.self, "ABC")
        try room.play(.pass(to: [1]), by: 0)
        #expect(room.engine.status.turnEnds == .seconds(20))
        #expect(room.pass(.seconds(19)) == .unchanged)
        #expect(room.pass(.seconds(1)).commit != nil)
        #expect(room.calls.suffix(2) == ["late 1", "left 1"])
        #expect(room.phase == .playing)
        #expect(room.engine.status.turnEnds == nil, "nobody is to move")
    }

    @Test func `every move starts it anew`() throws {
        var room = try Driver(Hurry.self, "ABC")
        room.now = .seconds(5)
        try room.play(.pass(to: [1]), by: 0)
        #expect(room.engine.status.turnEnds == .seconds(25))
        room.now = .seconds(8)
        try room.play(.add(1), by: 1)
        #expect(room.engine.status.turnEnds == .seconds(28))
    }

    @Test func `it stops when nobody is to move`() throws {
        var room = try Driver(Hurry.self, "AB")
        try room.play(.pass(to: []), by: 0)
        #expect(room.engine.status.turnEnds == nil)
        #expect(room.engine.nextDeadline == nil)
        #expect(room.pass(.seconds(60)) == .unchanged)
    }

    @Test func `a refused move and a reconnect do not stop it`() throws {
        var room = try Driver(Hurry.self, "AB")
        room.now = .seconds(10)
        #expect(room.apply(.moved(0, .tryInVain, id: nil)).commit == nil)
        try room.commit(.away(0))
        try room.commit(.back(0))
        #expect(room.engine.status.turnEnds == .seconds(20))
    }

    @Test func `that somebody else leaves gives nobody more time`() throws {
        var room = try Driver(Hurry.self, "ABC")
        room.now = .seconds(10)
        try room.commit(.left(2, .left))
        #expect(room.engine.toMove == [0, 1] && room.engine.status.turnEnds == .seconds(20))
    }

    @Test func `a game may be patient, and is asked again`() throws {
        var room = try Driver(Patience.self, "AB")
        room.pass(.seconds(20))
        #expect(room.calls.suffix(2) == ["late 0", "late 1"])
        #expect(room.phase == .playing && room.engine.status.turnEnds == .seconds(40))
    }

    @Test func `there is none without a limit, and the room's own limit counts`() throws {
        #expect(try Driver(Duel.self, "AB").engine.status.turnEnds == nil)
        let rules = RoomRules(grace: .seconds(30), turnLimit: .seconds(7))
        #expect(try Driver(Duel.self, "AB", rules: rules).engine.status.turnEnds == .seconds(7))
    }

    @Test func `it ends with the round`() throws {
        var room = try Driver(Hurry.self, "AB")
        try room.play(.end(.draw), by: 0)
        #expect(room.engine.status.turnEnds == nil && room.engine.nextDeadline == nil)
    }
}

/// The game's own timers, and what comes first.
@Suite struct TimerTests {
    @Test func `timers run out in the order of their times`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.start(.b, after: .seconds(2)), by: 0)
        try room.play(.start(.a, after: .seconds(3)), by: 0)
        try room.play(.start(.c, after: .seconds(1)), by: 0)
        #expect(room.engine.nextDeadline == .seconds(1))
        room.pass(.seconds(5))
        #expect(room.calls.dropFirst() == ["c at 5.0 seconds", "b at 5.0 seconds", "a at 5.0 seconds"])
        #expect(room.engine.nextDeadline == nil)
    }

    @Test func `a name started again moves, one stopped is gone`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        try room.play(.start(.b, after: .seconds(2)), by: 0)
        try room.play(.start(.a, after: .seconds(9)), by: 0)
        try room.play(.stop(.b), by: 0)
        try room.play(.stop(.c), by: 0)
        #expect(room.engine.nextDeadline == .seconds(9))
    }

    @Test func `of one moment the grace comes first, then timers, then the turn`() throws {
        let rules = RoomRules(grace: .seconds(20), turnLimit: .seconds(20))
        var room = try Driver(Hurry.self, "ABC", rules: rules)
        try room.play(.start(.a, after: .seconds(20)), by: 0)
        try room.commit(.away(2))
        let verdict = room.pass(.seconds(20))
        #expect(verdict.events.map(\.short) == ["expired 2", "ended"])
        #expect(
            room.calls.dropFirst() == [
                "away 2 at 0.0 seconds", "left 2", "a at 20.0 seconds", "late 0", "left 0", "late 1", "left 1",
            ])
    }

    @Test func `a timer may start the next, and one of no length does not hold the room for ever`() throws {
        var room = try Driver(Treadmill.self, "AB")
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        room.pass(.seconds(1))
        #expect(room.calls.count == 1 + 256)
        #expect(room.engine.nextDeadline == .seconds(1), "the rest is due at once")
    }

    @Test func `the end of a round forgets them`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        try room.commit(.left(0, .left))
        #expect(room.engine.nextDeadline == nil)
    }

    @Test func `of a round that is over no clock is kept`() throws {
        var room = try Driver(Together.self, "AB")
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        #expect(room.engine.status.turnEnds != nil)
        try room.commit(.away(0))
        try room.commit(.left(1, .left))
        let round = try #require(room.engine.snapshot.round)
        #expect(room.phase == .finished && round.timers.isEmpty)
        #expect(round.turnOf.isEmpty && round.turnEnds == nil && round.pausedSince == nil)
    }

    @Test func `time that passes with nothing due is no step`() throws {
        var room = try Driver(Duel.self, "AB")
        let version = room.engine.status.version
        #expect(room.pass(.seconds(100)) == .unchanged)
        #expect(room.engine.status.version == version)
    }
}
