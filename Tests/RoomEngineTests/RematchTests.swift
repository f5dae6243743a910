import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct RematchTests {
    static func finished(_ names: String) throws -> Driver<Crowd> {
        var room = try Driver(Crowd.self, names)
        try room.play(.add(7), by: 0)
        try room.play(.end(.draw), by: 0)
        return room
    }

    @Test func `it starts when every person wants it`() throws {
        var room = try Self.finished("ABC")
        let (seq, version) = (room.engine.status.seq, room.engine.status.version)
        #expect(try room.commit(.voted(1)).events == [.rematchVoted(seat: 1, votes: 1, needed: 3)])
        #expect(room.apply(.voted(1)) == .unchanged)
        #expect(try room.commit(.voted(0)).events.map(\.short) == ["voted 0: 2/3"])
        #expect(try room.commit(.voted(2)).events.map(\.short) == ["voted 2: 3/3", "started 2"])
        #expect(room.phase == .playing && room.outcome == nil && room.engine.status.finishedSince == nil)
        #expect(room.engine.snapshot.round?.game.count == 7, "it knows the round before")
        #expect(room.engine.status.seq == seq + 4 && room.engine.status.version == version + 3)
    }

    @Test(arguments: [0, 1, 500])
    func `what was rolled in a game does not tell what its rematch rolls`(rolls: Int) throws {
        var room = try Driver(Crowd.self, "AB")
        let seed = room.engine.snapshot.seed
        for _ in 0..<rolls { try room.play(.roll, by: 0) }
        let last = try #require(room.engine.snapshot.round?.random)
        try room.play(.end(.draw), by: 0)
        try room.commit(.voted(0))
        try room.commit(.voted(1))
        #expect(room.engine.snapshot.round?.random == seed.source(ofRound: 2))
        #expect(last.source(ofRound: 2) != seed.source(ofRound: 2))
    }

    @Test func `bots agree`() throws {
        var room = try Driver(Crowd.self)
        try room.sit("A")
        try room.sitBot()
        try room.sitBot()
        try room.commit(.readied(0, true))
        try room.play(.end(.draw), by: 0)
        #expect(room.engine.facts.votesNeeded == 1)
        #expect(try room.commit(.voted(0)).events.map(\.short) == ["voted 0: 1/1", "started 2"])
    }

    @Test func `somebody who leaves or joins voids the votes`() throws {
        var room = try Self.finished("ABC")
        try room.commit(.voted(0))
        try room.commit(.voted(1))
        try room.commit(.left(2, .left))
        #expect(room.phase == .finished && room.engine.facts.votes == 0 && room.engine.facts.votesNeeded == 2)
        try room.commit(.voted(0))
        try room.sit("D")
        #expect(room.engine.facts.votes == 0 && room.engine.facts.votesNeeded == 3)
        for seat in [0, 1, 2] as [Seat] { try room.commit(.voted(seat)) }
        #expect(room.calls == ["started by ABD"])
    }

    @Test func `whoever joined during the round has not voted at its end`() throws {
        var room = try Driver(OpenHouse.self, "AB")
        try room.sit("C")
        try room.play(.end(.draw), by: 0)
        #expect(room.engine.facts.votes == 0 && room.engine.facts.votesNeeded == 3)
    }

    @Test func `being away voids nothing`() throws {
        var room = try Self.finished("AB")
        try room.commit(.voted(0))
        try room.commit(.away(0))
        #expect(try room.commit(.voted(1)).events.map(\.short) == ["voted 1: 2/2", "started 2"])
    }

    @Test func `too few do not start`() throws {
        var room = try Self.finished("AB")
        try room.commit(.left(1, .left))
        #expect(try room.commit(.voted(0)).events.map(\.short) == ["voted 0: 1/1"])
        #expect(room.phase == .finished)
        try room.sit("C")
        #expect(room.phase == .finished, "the newcomer has not agreed yet")
        try room.commit(.voted(0))
        try room.commit(.voted(1))
        #expect(room.phase == .playing)
    }

    @Test func `whoever was out is in again`() throws {
        var room = try Driver(Crowd.self, "AB")
        try room.play(.forfeit, by: 0)
        try room.commit(.voted(0))
        try room.commit(.voted(1))
        try room.play(.add(1), by: 0)
        #expect(room.engine.toMove == [0, 1])
    }
}
