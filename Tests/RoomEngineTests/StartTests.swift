import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct StartTests {
    @Test func `a game that waits for a full table starts with the last seat`() throws {
        var room = try Driver(Duel.self, "A")
        #expect(room.phase == .waiting)
        #expect(room.engine.view(for: .spectator) == nil)
        let commit = try room.commit(.seated(SeatingTests.newcomer("B"), at: nil))
        #expect(commit.events.map(\.short) == ["joined 1", "started 1"])
        #expect(room.phase == .playing && room.calls == ["started by AB"])
    }

    @Test func `nobody is asked to be ready where a full table starts`() throws {
        var room = try Driver(Duel.self, "A")
        #expect(room.apply(.readied(0, true)) == .refused(.forbidden("This game starts when every seat is taken.")))
    }

    @Test func `everybody must be ready, and as many as a round needs`() throws {
        var room = try Driver(Crowd.self)
        try room.sit("A")
        #expect(try room.commit(.readied(0, true)).events == [.readyChanged(seat: 0, ready: true)])
        #expect(room.phase == .waiting)
        try room.sit("B")
        try room.sit("C")
        try room.commit(.readied(2, true))
        try room.commit(.readied(0, false))
        #expect(try room.commit(.readied(1, true)).events.map(\.short) == ["ready 1: true"])
        #expect(try room.commit(.readied(0, true)).events.map(\.short) == ["ready 0: true", "started 1"])
    }

    @Test func `a start makes nobody ready for the next`() throws {
        let room = try Driver(Crowd.self, "ABC")
        #expect(room.phase == .playing)
        #expect(room.engine.facts.chairs.allSatisfy { $0?.isReady != true })
    }

    @Test func `it also starts when the last who was not ready leaves`() throws {
        var room = try Driver(Crowd.self)
        for name in ["A", "B", "C"] { try room.sit(name) }
        try room.commit(.readied(0, true))
        try room.commit(.readied(1, true))
        #expect(try room.commit(.left(2, .left)).events.map(\.short) == ["left 2", "started 1"])
        #expect(room.calls == ["started by AB"])
    }

    @Test func `bots are always ready, but do not play among themselves`() throws {
        var room = try Driver(Crowd.self)
        try room.sitBot()
        try room.sitBot()
        #expect(room.phase == .waiting)
        try room.sit("A")
        try room.commit(.readied(2, true))
        #expect(room.phase == .playing)

        var duel = try Driver(Duel.self)
        try duel.sitBot()
        try duel.sitBot()
        #expect(duel.phase == .waiting)
    }

    @Test func `a bot makes a table full`() throws {
        var room = try Driver(Duel.self, "A")
        try room.sitBot(.hard)
        #expect(room.phase == .playing)
        #expect(room.engine.botsToMove == [1])
        var thoughts = SeededRandom(key: (0, 0))
        #expect(room.engine.botMove(1, random: &thoughts) == .add(3))
        #expect(room.engine.botMove(0, random: &thoughts) == nil)
        try room.play(.pass(to: [0]), by: 1)
        #expect(room.engine.botsToMove.isEmpty)
    }

    @Test func `a round starts although somebody is away, and stands still where the game wants that`() throws {
        var room = try Driver(Together.self)
        try room.sit("A")
        try room.sit("B")
        try room.commit(.readied(0, true))
        try room.commit(.away(0))
        try room.commit(.readied(1, true))
        #expect(room.phase == .paused)
        try room.commit(.back(0))
        #expect(room.phase == .playing)
    }

    @Test func `options that the game refuses make no room`() {
        #expect(throws: Refusal("out_of_range", "There is no such table.")) {
            try RoomEngine<Puppet<Crowd>>(
                options: .init(size: 5), rules: RoomRules(Crowd.manifest), seed: SeededRandom(key: (1, 2)))
        }
    }

    @Test func `every round has a source of its own`() throws {
        var room = try Driver(Duel.self, "AB")
        var rolls: [[Int]] = []
        for _ in 0..<3 {
            for _ in 0..<12 { try room.play(.roll, by: 0) }
            rolls.append(try #require(room.engine.snapshot.round).game.rolls)
            try room.play(.end(.draw), by: 0)
            try room.commit(.voted(0))
            try room.commit(.voted(1))
        }
        #expect(Set(rolls).count == 3)
    }
}
