import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct TakingOverTests {
    private static func newcomer(_ name: String, user: String?) -> Newcomer {
        Newcomer(playerId: "p" + name, name: name, holder: "h" + name, user: user)
    }

    /// Two users in a game.
    private static func room() throws -> Driver<Crowd> {
        var room = try Driver(Crowd.self)
        try room.commit(.seated(newcomer("A", user: "uA"), at: nil))
        try room.commit(.seated(newcomer("B", user: "uB"), at: nil))
        for seat in room.engine.taken { _ = room.apply(.readied(seat, true)) }
        #expect(room.phase == .playing)
        return room
    }

    @Test func `the seat goes on under another client, and the game sees nothing of it`() throws {
        var room = try Self.room()
        let before = room.engine.snapshot
        let commit = try room.commit(.takenOver(0, by: "hC"))
        #expect(commit.handover == .init(seat: 0, from: "hA"))
        #expect(commit.messages.isEmpty && commit.departures.isEmpty)
        #expect(commit.isLandmark, "the old client must not find it again after a crash")
        let facts = room.engine.facts
        #expect(facts.seat(of: "hC") == 0 && facts.seat(of: "hA") == nil && facts.seat(ofUser: "uA") == 0)
        #expect(room.engine.snapshot.round == before.round)
        #expect(room.engine.snapshot.version == before.version + 1)
    }

    @Test func `the move ids of the client before mean nothing any more`() throws {
        var room = try Self.room()
        let seat = try #require(room.engine.toMove.first(where: { _ in true }))
        let holder = room.engine.facts.chairs[seat.rawValue]?.holder
        try room.commit(.moved(seat, .roll, id: MoveID(rawValue: 7)))
        guard case .repeated = room.apply(.moved(seat, .roll, id: MoveID(rawValue: 7))) else {
            Issue.record("it was not remembered")
            return
        }
        try room.commit(.takenOver(seat, by: "hC"))
        #expect(holder != "hC")
        if case .repeated = room.apply(.moved(seat, .roll, id: MoveID(rawValue: 7))) {
            Issue.record("another client's id")
        }
    }

    @Test(arguments: [(2, RoomRefusal.notAPlayer), (-1, .notAPlayer), (64, .notAPlayer)])
    func `nobody's seat is taken over`(seat: Int, refusal: RoomRefusal) throws {
        var room = try Self.room()
        #expect(room.apply(.takenOver(Seat(seat), by: "hC")) == .refused(refusal))
    }

    @Test func `a bot's seat is not, and nobody gets two`() throws {
        var room = try Self.room()
        #expect(room.apply(.takenOver(0, by: "hB")) == .unchanged, "who sits there already")
        #expect(room.apply(.takenOver(0, by: "hA")) == .unchanged)
        #expect(room.apply(.seated(Self.newcomer("C", user: "uA"), at: nil)) == .unchanged, "the same user")
        var waiting = try Driver(Crowd.self)
        try waiting.sitBot()
        #expect(waiting.apply(.takenOver(0, by: "hC")) == .refused(.notAPlayer))
    }

    @Test func `it replays, and without the people too`() throws {
        var room = try Self.room()
        var replayed = room.engine
        for (seat, holder) in [(0, "hC"), (1, "hD"), (0, "hE")] {
            let input = RoomInput<Puppet<Crowd>.Move>.takenOver(Seat(seat), by: holder)
            try room.commit(input)
            _ = try replayed.replay(try #require(room.engine.logEntry(input, at: room.now)))
        }
        #expect(replayed.snapshot == room.engine.snapshot)

        var anonymous = RoomEngine<Puppet<Crowd>>(restoring: try Self.room().engine.snapshot.withoutIdentities)
        for seat in [0, 1, 0] {
            let input = RoomInput<Puppet<Crowd>.Move>.takenOver(Seat(seat), by: "hX").withoutIdentity
            #expect(anonymous.apply(input, at: room.now).commit != nil)
        }
        #expect(anonymous.snapshot.fingerprint() == room.engine.snapshot.fingerprint())
    }
}
