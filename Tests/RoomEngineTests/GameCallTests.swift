import GameKitProtocol
import Testing

@testable import RoomEngine

/// What a game does, and asks for, when the room tells it something.
@Suite struct GameCallTests {
    @Test(arguments: Puppet<OpenHouse>.News.allEnding)
    func `a round that is over with what the game is told ends in the same step`(
        news: Puppet<OpenHouse>.News, input: RoomInput<Puppet<OpenHouse>.Move>
    ) throws {
        var room = try Driver(OpenHouse.self, "AB")
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        if news == .back { try room.commit(.away(1)) }
        try room.play(.when(news, .end(.draw)), by: 0)
        room.now = .seconds(1)
        #expect(try room.commit(input).events.last == .gameEnded(.draw))
        #expect(room.phase == .finished && room.outcome == .draw)
    }

    @Test func `what it asks for at the start comes after the start`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.when(.started, .tell("welcome")), by: 0)
        try room.play(.when(.started, .start(.b, after: .seconds(2))), by: 0)
        try room.play(.end(.draw), by: 0)
        try room.commit(.voted(0))
        #expect(
            try room.commit(.voted(1)).events.map(\.short)
                == ["voted 1: 2/2", "started 2", #"{"event":"said","_0":"welcome"}"#])
        #expect(room.engine.nextDeadline == .seconds(2))
    }

    @Test func `whom it takes out at the start is out, and of two the other wins`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.when(.started, .forfeit), by: 0)
        try room.play(.end(.draw), by: 0)
        try room.commit(.voted(0))
        #expect(try room.commit(.voted(1)).events.map(\.short) == ["voted 1: 2/2", "started 2", "ended"])
        #expect(room.outcome == (try LeavingTests.forfeit(to: 1)))
    }

    @Test func `a newcomer whom it takes out at once is out, though the seat was another's`() throws {
        var room = try Driver(OpenHouse.self, "ABC")
        try room.play(.when(.seated, .forfeit), by: 0)
        try room.commit(.left(2, .left))
        try room.sit("D", at: 2)
        #expect(room.calls.suffix(3) == ["left 2", "seated 2", "left 2"])
        #expect(room.apply(.moved(2, .add(1), id: nil)) == .refused(.notAPlayer))
    }

    @Test func `it may take out whoever leaves, and is told once`() throws {
        var room = try Driver(Crowd.self, "ABC")
        try room.play(.when(.left, .forfeit), by: 0)
        try room.commit(.left(1, .left))
        #expect(room.calls == ["started by ABC", "left 1"])
        #expect(room.phase == .playing)
    }

    @Test func `what it draws while a move takes somebody out is drawn once`() throws {
        var room = try Driver(Crowd.self, "ABC")
        var twin = room
        try room.play(.when(.left, .roll), by: 0)
        try room.play(.forfeit, by: 1)
        for _ in 0..<11 { try room.play(.roll, by: 0) }
        for _ in 0..<12 { try twin.play(.roll, by: 0) }
        #expect(room.engine.view(for: .spectator)?.rolls == twin.engine.view(for: .spectator)?.rolls)
    }
}

extension Puppet<OpenHouse>.News {
    /// With each, what makes the room tell it.
    fileprivate static var allEnding: [(Self, RoomInput<Puppet<OpenHouse>.Move>)] {
        [
            (.ticked, .ticked), (.alarm, .timePassed), (.seated, .seated(SeatingTests.newcomer("C"), at: nil)),
            (.away, .away(1)), (.back, .back(1)),
        ]
    }
}
