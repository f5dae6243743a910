import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct PauseTests {
    @Test func `an absence stops the round, its moves and its ticks`() throws {
        var room = try Driver(Together.self, "AB")
        try room.commit(.away(1))
        #expect(room.phase == .paused)
        #expect(room.engine.status.pauseEnds == .seconds(30))
        #expect(room.engine.status.turnEnds == nil)
        #expect(room.apply(.moved(0, .add(1), id: nil)) == .refused(.paused))
        #expect(room.apply(.ticked) == .refused(.paused))
        #expect(room.engine.botsToMove.isEmpty)
    }

    @Test func `elsewhere the round goes on`() throws {
        var room = try Driver(Crowd.self, "AB")
        try room.commit(.away(1))
        #expect(room.phase == .playing)
        try room.play(.add(1), by: 0)
    }

    @Test func `the round's clock, its timers and its turn stand still meanwhile`() throws {
        var room = try Driver(Together.self, "AB")
        try room.play(.start(.a, after: .seconds(10)), by: 0)
        room.now = .seconds(4)
        try room.commit(.away(1))
        room.now = .seconds(24)
        #expect(room.apply(.timePassed) == .unchanged)
        try room.commit(.back(1))
        #expect(room.calls.suffix(2) == ["away 1 at 4.0 seconds", "back 1 at 4.0 seconds"])
        #expect(room.engine.nextDeadline == .seconds(30))
        #expect(room.engine.status.turnEnds == .seconds(40))
        #expect(room.pass(.seconds(5.5)) == .unchanged)
        room.pass(.seconds(0.5))
        #expect(room.calls.last == "a at 10.0 seconds")
    }

    @Test func `pauses add up`() throws {
        var room = try Driver(Together.self, "AB")
        try room.play(.start(.a, after: .seconds(3)), by: 0)
        for _ in 0..<2 {
            room.now += .seconds(1)
            try room.commit(.away(0))
            room.now += .seconds(10)
            try room.commit(.back(0))
        }
        #expect(room.engine.nextDeadline == .seconds(23))
        room.pass(.seconds(1))
        #expect(room.calls.last == "a at 3.0 seconds")
    }

    @Test func `it goes on when all are back, or whoever is not is out`() throws {
        var room = try Driver(Together.self, "ABC")
        try room.commit(.away(1))
        room.now = .seconds(10)
        try room.commit(.away(2))
        room.now = .seconds(29)
        try room.commit(.back(2))
        #expect(room.phase == .paused)
        #expect(room.pass(.seconds(1)).events.map(\.short) == ["expired 1"])
        #expect(room.phase == .playing)
        try room.play(.add(1), by: 2)
    }

    @Test func `whoever leaves during a pause leaves, and may end it`() throws {
        var room = try Driver(Together.self, "ABC")
        try room.commit(.away(1))
        try room.commit(.left(0, .left))
        #expect(room.phase == .paused)
        try room.commit(.left(1, .left))
        #expect(room.phase == .finished && room.outcome?.winners == [2])
    }

    @Test func `that another one goes too does not stop the clock anew`() throws {
        var room = try Driver(Together.self, "ABC")
        try room.play(.start(.a, after: .seconds(10)), by: 0)
        room.now = .seconds(4)
        try room.commit(.away(1))
        room.now = .seconds(6)
        try room.commit(.away(2))
        #expect(room.engine.status.pauseEnds == .seconds(34), "the first of them is the first to lose the seat")
        room.now = .seconds(24)
        try room.commit(.back(1))
        try room.commit(.back(2))
        #expect(room.engine.nextDeadline == .seconds(30))
    }

    @Test func `nobody waits for who is out already`() throws {
        var room = try Driver(Together.self, "ABC")
        try room.play(.forfeit, by: 1)
        try room.commit(.away(1))
        #expect(room.phase == .playing)
    }
}
