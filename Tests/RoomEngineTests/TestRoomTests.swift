import GameKitProtocol
import GameKitTesting
import RoomEngine
import Testing

/// The harness that games are tested with.
@Suite struct TestRoomTests {
    @Test func `everybody sits and the round has begun`() throws {
        let room = try TestRoom<Puppet<Duel>>(seed: 1)
        #expect(room.phase == .playing && room.toMove == [0, 1] && room.outcome == nil)
        #expect(try room.game.calls == ["started by AB"])
        #expect(try TestRoom<Puppet<Crowd>>().game.calls == ["started by ABCD"])
        #expect(try TestRoom<Puppet<Crowd>>(players: 3).game.calls == ["started by ABC"])
        #expect(try TestRoom<Puppet<Crowd>>(options: .init(size: 2)).game.calls == ["started by AB"])
    }

    @Test func `too few leave it waiting, without a view`() throws {
        var room = try TestRoom<Puppet<Duel>>(players: 1)
        #expect(room.phase == .waiting && room.taken == [0])
        #expect(throws: GameFault.self) { try room.view }
        #expect(throws: RoomRefusal.notStarted) { try room.play(.roll, by: 0) }
        try room.sit("Z")
        #expect(try room.game.calls == ["started by AZ"])
    }

    @Test func `the seed alone decides`() throws {
        func rolls(_ seed: UInt64) throws -> [Int] {
            var room = try TestRoom<Puppet<Duel>>(seed: seed)
            for _ in 0..<10 { try room.play(.roll, by: 0) }
            return try room.view.rolls
        }
        #expect(try rolls(1) == rolls(1))
        #expect(try rolls(1) != rolls(2))
    }

    @Test func `a refused move is thrown, and can be asked about`() throws {
        var room = try TestRoom<Puppet<Duel>>()
        try room.play(.pass(to: [1]), by: 0)
        #expect(throws: Refusal.notYourTurn) { try room.play(.roll, by: 0) }
        #expect(try room.refusal(of: .tryInVain, by: 1)?.reason == "in_vain")
        #expect(try room.refusal(of: .add(1), by: 1) == nil)
        #expect(try room.view.count == 0, "asking is not playing")
        #expect(throws: RoomRefusal.notAPlayer) { try room.refusal(of: .roll, by: 2) }
    }

    @Test func `events are told once, whispers to whom they are for`() throws {
        var room = try TestRoom<Puppet<Duel>>()
        try room.play(.tell("a"), by: 0)
        try room.play(.hint("b"), by: 0)
        try room.play(.whisper("c", to: 1), by: 0)
        #expect(room.takeEvents() == [#"{"event":"said","_0":"a"}"#, #"{"event":"said","_0":"b"}"#])
        #expect(room.takeEvents().isEmpty && room.takeWhispers(to: 0).isEmpty)
        #expect(room.takeWhispers(to: 1) == [#"{"event":"said","_0":"c"}"#])
        #expect(room.takeWhispers(to: 1).isEmpty)
    }

    @Test func `deadlines run out in their order, each at its time`() throws {
        var room = try TestRoom<Puppet<Hurry>>(players: 2)
        try room.play(.start(.b, after: .seconds(2)), by: 0)
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        try room.advance(by: .milliseconds(1999))
        #expect(try room.game.calls.dropFirst() == ["a at 1.0 seconds"])
        try room.advance(by: .milliseconds(1))
        #expect(try room.game.calls.last == "b at 2.0 seconds")
        try room.play(.pass(to: [0]), by: 0)
        try room.advance(by: .seconds(20))
        #expect(room.outcome?.winners == [1] && room.now == .seconds(22))
    }

    @Test func `sixty ticks are a second, and a deadline comes before a tick of the same moment`() throws {
        var room = try TestRoom<Puppet<Clockwork>>()
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        try room.advance(by: .seconds(1) - .nanoseconds(1))
        #expect(try room.view.count == 59)
        try room.advance(by: .nanoseconds(1))
        #expect(try room.view.count == 60 && room.game.calls.last == "a at 1.0 seconds")
        try room.advance(by: .seconds(59))
        #expect(try room.view.count == 3600)
    }

    @Test func `a game that never lets go is no endless loop`() throws {
        var room = try TestRoom<Puppet<Treadmill>>()
        try room.play(.start(.a, after: .seconds(1)), by: 0)
        #expect(throws: GameFault.self) { try room.advance(by: .seconds(2)) }
    }

    @Test func `people go, come back, leave and play again`() throws {
        var room = try TestRoom<Puppet<Duel>>()
        #expect(throws: RoomRefusal.gameRunning) { try room.rematch() }
        try room.disconnect(1)
        try room.advance(by: .seconds(29))
        try room.reconnect(1)
        try room.disconnect(0)
        try room.advance(by: .seconds(30))
        #expect(room.outcome?.winners == [1] && room.taken == [1])
        #expect(throws: GameFault.self) { try room.rematch() }
        try room.sit("C")
        try room.rematch()
        #expect(room.outcome == nil)
        try room.leave(0, .kicked)
        #expect(room.outcome?.winners == [1])
    }

    @Test func `a restart loses nothing but connections`() throws {
        var room = try TestRoom<Puppet<Duel>>()
        try room.play(.add(5), by: 0)
        try room.restart()
        #expect(try room.view.count == 5)
        try room.reconnect(0)
        try room.advance(by: .seconds(30))
        #expect(room.outcome?.winners == [0])
    }

    @Test func `bots play until it is enough`() throws {
        var room = try TestRoom<Puppet<Duel>>(players: 1)
        try room.addBot(.medium)
        try room.playBots { try $0.view.count >= 9 }
        #expect(try room.view.count == 10)
        try room.play(.pass(to: [0]), by: 0)
        try room.playBots()
        #expect(try room.view.count == 10, "it is a person's turn")
    }
}
