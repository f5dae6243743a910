import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct TickTests {
    @Test func `a room ticks while it plays`() throws {
        var room = try Driver(Clockwork.self, "A")
        #expect(!room.engine.isTicking)
        try room.sit("B")
        #expect(room.engine.isTicking)
        try room.commit(.ticked)
        #expect(room.engine.view(for: .spectator)?.count == 1)
        try room.play(.end(.draw), by: 0)
        #expect(!room.engine.isTicking)
        #expect(try !Driver(Duel.self, "AB").engine.isTicking, "and only in a game that ticks")
    }

    @Test func `one tick a second is ticking too`() throws {
        var room = try Driver(Metronome.self, "AB")
        #expect(room.engine.isTicking)
        #expect(try room.commit(.ticked).showsState)
    }

    @Test func `every third tick of sixty shows twenty states a second`() throws {
        var room = try Driver(Clockwork.self, "AB")
        let shown = try (1...4).map { _ in try room.commit(.ticked).showsState }
        #expect(shown == [false, false, true, false])
    }

    @Test func `an event shows the state at once, and the count begins anew`() throws {
        var room = try Driver(Clockwork.self, "AB")
        let commits = try (1...8).map { _ in try room.commit(.ticked) }
        #expect(commits.map(\.showsState) == [false, false, true, false, true, false, false, true])
        #expect(commits[4].events.map(\.short) == [#"{"event":"said","_0":"tick 5"}"#])
    }

    @Test func `a move shows the state, and the count begins anew`() throws {
        var room = try Driver(Clockwork.self, "AB")
        try room.commit(.ticked)
        try room.commit(.ticked)
        #expect(try room.play(.add(10), by: 0).showsState)
        let shown = try (1...3).map { _ in try room.commit(.ticked).showsState }
        #expect(shown == [false, false, true])
    }

    @Test func `each tick is a version`() throws {
        var room = try Driver(Clockwork.self, "AB")
        let version = room.engine.status.version
        for _ in 0..<5 { try room.commit(.ticked) }
        #expect(room.engine.status.version == version + 5)
    }
}
