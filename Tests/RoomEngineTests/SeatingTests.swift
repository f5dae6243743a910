import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct SeatingTests {
    static func newcomer(_ name: String, level: BotLevel? = nil) -> Newcomer {
        Newcomer(playerId: "p" + name, name: name, holder: level == nil ? "h" + name : nil, level: level)
    }

    @Test func `newcomers take the first free seats, or the one they name`() throws {
        var room = try Driver(Crowd.self)
        let first = try room.commit(.seated(Self.newcomer("A"), at: 2))
        #expect(first.events == [.playerJoined(seat: 2, playerId: "pA", name: "A", isBot: false)])
        let second = try room.commit(.seated(Self.newcomer("B"), at: nil))
        #expect(second.events.map(\.short) == ["joined 0"])
        #expect(room.engine.facts.chairs.map { $0?.name } == ["B", nil, "A", nil])
        #expect(room.engine.facts.players == 2 && room.engine.facts.people == 2)
        #expect(room.engine.facts.seat(of: "hA") == 2 && room.engine.facts.seat(of: "hC") == nil)
    }

    /// Before the input: who sits, and whether a round goes on.
    enum Situation: String, CaseIterable { case waiting, playing, finished, locked, full }

    static func room(_ situation: Situation) throws -> Driver<Crowd> {
        switch situation {
        case .full:
            var room = try Driver(Crowd.self)
            for name in ["A", "B", "C", "D"] { try room.sit(name) }
            return room
        case .waiting, .locked:
            var room = try Driver(Crowd.self)
            try room.sit("A")
            if situation == .locked { try room.commit(.locked(true)) }
            return room
        case .playing: return try Driver(Crowd.self, "AB")
        case .finished:
            var room = try Driver(Crowd.self, "AB")
            try room.play(.end(.draw), by: 0)
            return room
        }
    }

    @Test(
        arguments: [
            (.full, .seated(newcomer("E"), at: nil), .roomFull),
            (.full, .seated(newcomer("E"), at: 1), .roomFull),
            (.waiting, .seated(newcomer("B"), at: 0), .seatTaken),
            (.waiting, .seated(newcomer("B"), at: 4), .seatTaken),
            (.waiting, .seated(newcomer("B"), at: -1), .seatTaken),
            (.playing, .seated(newcomer("C"), at: nil), .gameRunning),
            (.locked, .seated(newcomer("B"), at: nil), .forbidden("The host has locked the room.")),
            (.locked, .seated(newcomer("Bot", level: .easy), at: nil), .forbidden("The host has locked the room.")),
            (.waiting, .left(1, .left), .notAPlayer),
            (.waiting, .left(9, .left), .notAPlayer),
            (.waiting, .left(-1, .kicked), .notAPlayer),
            (.waiting, .away(1), .notAPlayer),
            (.waiting, .back(1), .notAPlayer),
            (.waiting, .readied(1, true), .notAPlayer),
            (.playing, .readied(0, true), .gameRunning),
            (.finished, .readied(0, true), .gameOver),
            (.waiting, .voted(0), .notStarted),
            (.playing, .voted(0), .gameRunning),
            (.finished, .voted(2), .notAPlayer),
            (.waiting, .moved(0, .roll, id: nil), .notStarted),
            (.waiting, .moved(1, .roll, id: nil), .notAPlayer),
            (.finished, .moved(0, .roll, id: nil), .gameOver),
            (.playing, .moved(2, .roll, id: nil), .notAPlayer),
            (.playing, .moved(64, .roll, id: nil), .notAPlayer),
            (.waiting, .ticked, .paused),
            (.finished, .ticked, .paused),
        ] as [(Situation, RoomInput<Puppet<Crowd>.Move>, RoomRefusal)])
    func `the room refuses and stays as it is`(
        situation: Situation, input: RoomInput<Puppet<Crowd>.Move>, refusal: RoomRefusal
    ) throws {
        var room = try Self.room(situation)
        let before = room.engine.snapshot
        room.now += .seconds(1)
        #expect(room.apply(input) == .refused(refusal))
        #expect(room.engine.snapshot == before)
    }

    @Test(
        arguments: [
            (.waiting, .seated(newcomer("A"), at: nil)), (.playing, .seated(newcomer("B"), at: 0)),
            (.full, .seated(newcomer("A"), at: nil)), (.locked, .seated(newcomer("A"), at: nil)),
            (.waiting, .back(0)), (.waiting, .readied(0, false)), (.waiting, .locked(false)),
            (.locked, .locked(true)), (.playing, .timePassed),
        ] as [(Situation, RoomInput<Puppet<Crowd>.Move>)])
    func `what is true already changes nothing`(
        situation: Situation, input: RoomInput<Puppet<Crowd>.Move>
    ) throws {
        var room = try Self.room(situation)
        let before = room.engine.snapshot
        room.now += .seconds(1)
        #expect(room.apply(input) == .unchanged)
        #expect(room.engine.snapshot == before)
    }

    @Test func `a game without a bot takes none`() throws {
        var room = try Driver(Humans.self)
        #expect(room.apply(.seated(Self.newcomer("Bot", level: .hard), at: nil)) == .refused(.noBot))
    }

    @Test func `nobody speaks for a bot`() throws {
        var room = try Driver(Crowd.self)
        try room.sit("A")
        try room.sitBot(at: 1)
        #expect(room.apply(.away(1)) == .refused(.notAPlayer))
        #expect(room.apply(.back(1)) == .refused(.notAPlayer))
        #expect(room.apply(.readied(1, true)) == .refused(.notAPlayer))
        try room.commit(.readied(0, true))
        try room.play(.end(.draw), by: 0)
        #expect(room.apply(.voted(1)) == .refused(.notAPlayer))
    }

    @Test func `the host is the person who has sat there longest`() throws {
        var room = try Driver(Crowd.self)
        #expect(room.engine.facts.host == nil)
        try room.sitBot(at: 0)
        #expect(room.engine.facts.host == nil)
        try room.sit("A", at: 3)
        try room.sit("B", at: 1)
        #expect(room.engine.facts.host == 3)
        try room.commit(.left(3, .left))
        try room.sit("A", at: 3)
        #expect(room.engine.facts.host == 1)
    }

    @Test func `a room is empty from the start until a person sits there, and bots are nobody`() throws {
        var room = try Driver(Crowd.self)
        #expect(room.engine.status.emptySince == .zero)
        room.now = .seconds(1)
        try room.sitBot()
        #expect(room.engine.status.emptySince == .zero)
        try room.sit("A")
        #expect(room.engine.status.emptySince == nil)
        room.now = .seconds(5)
        try room.commit(.left(1, .left))
        #expect(room.engine.status.emptySince == .seconds(5))
        room.now = .seconds(9)
        try room.commit(.left(0, .left))
        #expect(room.engine.status.emptySince == .seconds(5))
    }

    @Test func `where the game lets them, newcomers join a round`() throws {
        var room = try Driver(OpenHouse.self, "AB")
        let commit = try room.commit(.seated(Self.newcomer("C"), at: nil))
        #expect(commit.events.map(\.short) == ["joined 2"])
        #expect(room.calls == ["started by AB", "seated 2"])
        try room.play(.add(1), by: 2)

        try room.commit(.left(2, .left))
        try room.sit("D", at: 2)
        #expect(room.calls.suffix(2) == ["left 2", "seated 2"])
        try room.play(.add(1), by: 2)
        #expect(room.phase == .playing)
    }
}
