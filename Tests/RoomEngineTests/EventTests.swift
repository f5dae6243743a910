import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct EventTests {
    @Test func `events are numbered from 1 without gaps`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.tell("hello"), by: 0)
        let events = room.engine.events(after: 0)
        #expect(events.map(\.seq) == [1, 2, 3, 4])
        #expect(
            events.map(\.event.short)
                == ["joined 0", "joined 1", "started 1", #"{"event":"said","_0":"hello"}"#])
        #expect(room.engine.status.seq == 4)
    }

    @Test func `hints and whispers have no number and are not kept`() throws {
        var room = try Driver(Duel.self, "AB")
        let hint = try room.play(.hint("now"), by: 0)
        #expect(hint.messages == [.hint(#"{"event":"said","_0":"now"}"#)])
        let whisper = try room.play(.whisper("psst", to: 1), by: 0)
        #expect(whisper.messages == [.whisper(#"{"event":"said","_0":"psst"}"#, to: 1)])
        #expect(!hint.isLandmark && !whisper.isLandmark)
        #expect(room.engine.status.seq == 3 && room.engine.events(after: 3).isEmpty)
    }

    @Test func `whoever was away gets what came after, as far as it was kept`() throws {
        let rules = RoomRules(grace: .seconds(30), turnLimit: nil, historyLimit: 4, historyAge: .seconds(10))
        var room = try Driver(Duel.self, "AB", rules: rules)
        for number in 4...9 {
            room.now = .seconds(number)
            try room.play(.tell("\(number)"), by: 0)
        }
        #expect(room.engine.events(after: 7).map(\.seq) == [8, 9])
        #expect(room.engine.events(after: 0).map(\.seq) == [6, 7, 8, 9])
        #expect(room.engine.events(after: 0, limit: 2).map(\.seq) == [8, 9])
        #expect(room.engine.events(after: 9).isEmpty && room.engine.events(after: .max).isEmpty)
        #expect(room.engine.events(after: 0, limit: 0).isEmpty)

        room.now = .seconds(17)
        try room.play(.add(1), by: 0)
        #expect(room.engine.events(after: 0).map(\.seq) == [7, 8, 9], "no older than ten seconds")
    }

    @Test func `sixty-four are kept for five minutes, unless the room's rules say otherwise`() throws {
        var room = try Driver(Duel.self, "AB")
        for _ in 0..<64 { try room.play(.tell("x"), by: 0) }
        #expect(room.engine.events(after: 0).map(\.seq) == Array(4...67))

        room.now = .seconds(300)
        try room.play(.add(1), by: 0)
        #expect(room.engine.events(after: 0).count == 64)
        room.now += .nanoseconds(1)
        try room.play(.add(1), by: 0)
        #expect(room.engine.events(after: 0).isEmpty)
    }

    @Test func `a room may keep none`() throws {
        let rules = RoomRules(grace: .seconds(30), turnLimit: nil, historyLimit: 0)
        let room = try Driver(Duel.self, "AB", rules: rules)
        #expect(room.engine.status.seq == 3 && room.engine.events(after: 0).isEmpty)
    }

    @Test func `an event that cannot be written breaks the room`() throws {
        var room = try Driver(Duel.self, "AB")
        guard case .broken = room.apply(.moved(0, .tellNonsense, id: nil)) else {
            Issue.record("NaN was told")
            return
        }
    }

    @Test func `numbered events and departures are landmarks`() throws {
        var room = try Driver(Crowd.self, "ABC")
        #expect(try room.play(.tell("goal"), by: 0).isLandmark)
        #expect(try room.commit(.left(0, .left)).isLandmark)
        #expect(try !room.commit(.locked(true)).isLandmark)
    }
}

/// The wire's form of an event.
@Suite struct EventTextTests {
    enum Event: Encodable {
        case rolled(seat: Seat, value: Int)
        case started
        case moved(to: [Int], note: String?)
        case renamed(String)
    }

    @Test(arguments: [
        (Event.rolled(seat: 1, value: 6), #"{"event":"rolled","seat":1,"value":6}"#),
        (.started, #"{"event":"started"}"#),
        (.moved(to: [1, 2], note: nil), #"{"event":"moved","to":[1,2]}"#),
        (.moved(to: [], note: "a \"b\"\n"), #"{"event":"moved","to":[],"note":"a \"b\"\n"}"#),
        (.renamed("x"), #"{"event":"renamed","_0":"x"}"#),
    ])
    func `its case is its name`(event: Event, text: String) throws {
        #expect(try EventText.encode(event) == text)
    }

    @Test func `what is no enum is no event`() {
        #expect(throws: EventText.NotAnEnum.self) { try EventText.encode(3) }
        #expect(throws: EventText.NotAnEnum.self) { try EventText.encode(["a": 1, "b": 2]) }
        #expect(throws: EventText.NotAnEnum.self) { try EventText.encode(["a": ["x": 1], "b": ["x": 2]]) }
        #expect(throws: EventText.NotAnEnum.self) { try EventText.encode([1]) }
        #expect(throws: EventText.NotAnEnum.self) { try EventText.encode(["a": 1]) }
    }
}
