import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct AwayTests {
    @Test func `a seat is kept for its grace, to the moment`() throws {
        var room = try Driver(Crowd.self, "ABC")
        room.now = .seconds(5)
        let commit = try room.commit(.away(1))
        #expect(commit.events == [.playerDisconnected(seat: 1, playerId: "pB", grace: .seconds(30))])
        #expect(room.engine.nextDeadline == .seconds(35))
        #expect(room.engine.facts.graceEnds == [nil, .seconds(35), nil, nil])
        #expect(room.pass(.seconds(30) - .milliseconds(1)) == .unchanged)

        let expiry = room.pass(.milliseconds(1))
        #expect(expiry.events.map(\.short) == ["expired 1"])
        #expect(expiry.commit?.departures == [.init(seat: 1, holder: "hB", user: nil, reason: .expired)])
        #expect(room.calls == ["started by ABC", "away 1 at 5.0 seconds", "left 1"])
        #expect(room.phase == .playing && room.engine.nextDeadline == nil)
    }

    @Test func `who comes back in time is asked nothing`() throws {
        var room = try Driver(Crowd.self, "AB")
        try room.commit(.away(1))
        room.now = .seconds(29)
        #expect(try room.commit(.back(1)).events == [.playerReconnected(seat: 1, playerId: "pB")])
        #expect(room.engine.nextDeadline == nil)
        #expect(room.pass(.seconds(60)) == .unchanged)
        #expect(room.calls == ["started by AB", "away 1 at 0.0 seconds", "back 1 at 29.0 seconds"])
    }

    @Test func `the game sees who is away`() throws {
        var room = try Driver(Crowd.self, "AB")
        try room.commit(.away(1))
        #expect(room.engine.chairs.map { $0?.isConnected } == [true, false, nil, nil])
        try room.commit(.back(1))
        #expect(room.engine.chairs.map { $0?.isConnected } == [true, true, nil, nil])
    }

    @Test func `being away twice is being away once`() throws {
        var room = try Driver(Crowd.self, "AB")
        try room.commit(.away(1))
        room.now = .seconds(10)
        #expect(room.apply(.away(1)) == .unchanged)
        #expect(room.engine.nextDeadline == .seconds(30))
    }

    @Test func `of two, who does not come back loses`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.commit(.away(0))
        #expect(room.pass(.seconds(30)).events.map(\.short) == ["expired 0", "ended"])
        #expect(room.outcome == (try LeavingTests.forfeit(to: 1)))
    }

    @Test func `those who are away at the same time leave in the order in which they went`() throws {
        var room = try Driver(Crowd.self, "ABC")
        try room.commit(.away(2))
        room.now = .seconds(1)
        try room.commit(.away(0))
        #expect(room.pass(.seconds(40)).events.map(\.short) == ["expired 2", "expired 0", "ended"])
    }

    @Test func `a seat in a room that waits is held for 15 s`() throws {
        var room = try Driver(Crowd.self)
        try room.sit("A")
        let commit = try room.commit(.away(0))
        #expect(commit.events == [.playerDisconnected(seat: 0, playerId: "pA", grace: .seconds(15))])
        #expect(room.pass(.seconds(15)).events.map(\.short) == ["expired 0"])
    }

    @Test func `a shorter grace is not made longer`() throws {
        var room = try Driver(Crowd.self, rules: RoomRules(grace: .seconds(3), turnLimit: nil))
        try room.sit("A")
        try room.commit(.away(0))
        #expect(room.engine.nextDeadline == .seconds(3))
    }

    @Test func `the end of a round shortens what is left of a grace to 15 s`() throws {
        var room = try Driver(Crowd.self, "ABC")
        try room.commit(.away(2))
        room.now = .seconds(10)
        try room.play(.end(.draw), by: 0)
        #expect(room.engine.nextDeadline == .seconds(25))

        var other = try Driver(Crowd.self, "ABC")
        try other.commit(.away(2))
        other.now = .seconds(20)
        try other.play(.end(.draw), by: 0)
        #expect(other.engine.nextDeadline == .seconds(30), "and makes none longer")
    }

    @Test func `room time never runs backwards`() throws {
        var room = try Driver(Crowd.self, "AB")
        room.now = .seconds(10)
        try room.play(.add(1), by: 0)
        room.now = .seconds(4)
        try room.commit(.away(1))
        #expect(room.engine.now == .seconds(10))
        #expect(room.engine.nextDeadline == .seconds(40))
    }
}

/// The server was started again.
@Suite struct ResumedTests {
    @Test func `everybody is away, with a new grace`() throws {
        var room = try Driver(Crowd.self, "ABC")
        try room.commit(.away(1))
        room.now = .seconds(20)
        let commit = try room.commit(.resumed)
        #expect(commit.events.map(\.short) == ["away 0", "away 2"], "of who was away everybody knows")
        #expect(room.engine.facts.graceEnds == [.seconds(50), .seconds(50), .seconds(50), nil])
        try room.commit(.back(1))
        #expect(room.pass(.seconds(30)).events.map(\.short) == ["expired 0", "expired 2", "ended"])
        #expect(room.outcome?.winners == [1])
    }

    @Test func `bots are there at once, and where only bots sit nothing changes`() throws {
        var room = try Driver(Crowd.self)
        #expect(room.apply(.resumed) == .unchanged)
        try room.sitBot()
        #expect(room.apply(.resumed) == .unchanged)
        try room.sit("A")
        #expect(try room.commit(.resumed).events.map(\.short) == ["away 1"])
    }

    @Test func `a round that waits for everybody waits`() throws {
        var room = try Driver(Together.self, "AB")
        try room.commit(.resumed)
        #expect(room.phase == .paused)
        try room.commit(.back(0))
        #expect(room.phase == .paused)
        try room.commit(.back(1))
        #expect(room.phase == .playing)
    }
}
