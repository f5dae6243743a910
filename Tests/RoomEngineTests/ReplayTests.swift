import JSONCoding
import GameKitProtocol
import Testing

@testable import RoomEngine

/// A room through the box that the server holds it in.
@Suite struct ReplayTests {
    typealias Input = RoomInput<ArraySlice<UInt8>>

    static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    static func newRoom() throws -> AnyRoom {
        let entry = GameEntry(Puppet<OpenHouse>.self)
        return try entry.makeRoom(
            entry.options(Array("{}".utf8), Array("{}".utf8)), RoomRules(entry.manifest), SeededRandom(key: (7, 8)))
    }

    static func move(_ seat: Seat, _ text: String, id: UInt64? = nil) -> Input {
        .moved(seat, ArraySlice(text.utf8), id: id.map(MoveID.init))
    }

    static func sit(_ name: String) -> Input {
        .seated(Newcomer(playerId: name, name: name, holder: name, user: "user-" + name), at: nil)
    }

    /// Every kind of input, each with its time in seconds.
    static let course: [(Input, Int)] = [
        (sit("A"), 0), (sit("B"), 1), (.locked(true), 1), (.locked(false), 1), (.readied(0, true), 2),
        (.readied(1, true), 3), (move(0, #"{"start":{"_0":"a","after":[0,5000000000000000000]}}"#), 3),
        (move(0, #"{"roll":{}}"#, id: .max), 4), (move(1, #"{"tell":{"_0":"hé\n\u0001"}}"#, id: 2), 5),
        (move(1, #"{"start":{"_0":"b","after":[0,2000000000000000000]}}"#), 5), (.ticked, 6), (.timePassed, 8),
        (.away(1), 9), (.back(1), 10),
        (.seated(Newcomer(playerId: "bot", name: "Bot", holder: nil, level: .hard), at: 3), 11),
        (sit("C"), 12), (.left(2, .kicked), 13), (.resumed, 14), (.back(0), 15), (.back(1), 16),
        (move(0, #"{"forfeit":{}}"#), 17), (move(1, #"{"end":{"_0":{"kind":"won","winners":[1],"by":"play"}}}"#), 18),
        (.voted(0), 19), (.voted(1), 20), (move(1, #"{"roll":{}}"#), 21),
    ]

    @Test func `the log, told to an earlier snapshot, leads to the same bytes`() throws {
        let live = try Self.newRoom()
        var entries: [[UInt8]] = []
        var snapshots = [try live.snapshot()]
        for (input, at) in Self.course {
            let applied = live.apply(input, .seconds(at), true)
            let entry = try #require(applied.logEntry, "\(input) was not committed: \(applied.verdict)")
            entries.append(entry)
            snapshots.append(try live.snapshot())
        }
        for start in snapshots.indices {
            let room = try GameEntry(Puppet<OpenHouse>.self).restoreRoom(snapshots[start], 1)
            #expect(try room.snapshot() == snapshots[start])
            for (entry, after) in zip(entries, snapshots.dropFirst()).dropFirst(start) {
                _ = try room.replay(entry)
                #expect(try Self.text(room.snapshot()) == Self.text(after))
            }
            #expect(room.status() == live.status() && room.facts() == live.facts() && room.now() == live.now())
        }
    }

    @Test func `only what was committed is logged, and only when asked`() throws {
        let room = try Self.newRoom()
        #expect(room.apply(Self.move(0, #"{"roll":{}}"#), .zero, true).logEntry == nil)
        #expect(room.apply(Self.sit("A"), .zero, false).logEntry == nil)
        #expect(room.apply(Self.sit("A"), .zero, true).logEntry == nil)
        #expect(room.apply(Self.sit("B"), .zero, true).logEntry != nil)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{", #"{"at":[0,0],"input":{"walked":{}}}"#, #"{"at":[0,0],"input":{"ticked":{}}}"#,
    ])
    func `an entry that is none, or does not fit, is not replayed`(entry: String) throws {
        let room = try Self.newRoom()
        let before = try room.snapshot()
        #expect(throws: ReplayFault.self) { try room.replay(Array(entry.utf8)) }
        #expect(try room.snapshot() == before)
    }

    @Test(arguments: [
        "{}", "[]", "3", "null", #""roll""#, #"{"walk":{}}"#, #"{"add":{}}"#, #"{"add":{"_0":"1"}}"#,
        #"{"add":{"_0":1.5}}"#, #"{"add":{"_0":1e300}}"#, #"{"add":{"_0":9223372036854775808}}"#,
        #"{"roll":{},"add":{}}"#,
    ])
    func `what is no move of the game is refused`(text: String) throws {
        let room = try Self.newRoom()
        for input in [Self.sit("A"), Self.sit("B"), .readied(0, true), .readied(1, true)] {
            _ = room.apply(input, .zero, false)
        }
        #expect(room.apply(Self.move(0, text), .zero, true).verdict == .refused(.moveRefused(.badMove)))
    }

    @Test func `the same move written another way is the same move`() throws {
        let room = try Self.newRoom()
        for input in [Self.sit("A"), Self.sit("B"), .readied(0, true), .readied(1, true)] {
            _ = room.apply(input, .zero, false)
        }
        _ = room.apply(Self.move(0, #"{"whisper":{"_0":"x","to":1}}"#, id: 5), .zero, false)
        let again = room.apply(
            Self.move(0, #" {"whisper" : {"to":1, "_0":"\u0078", "loud":true}}"#, id: 5), .zero, false)
        guard case .repeated = again.verdict else {
            Issue.record("it came to \(again.verdict)")
            return
        }
    }

    @Test func `the room outside is the room inside`() throws {
        let room = try Self.newRoom()
        #expect(try room.view(.spectator) == nil)
        for (input, at) in Self.course.prefix(10) { _ = room.apply(input, .seconds(at), false) }
        let view = Self.text(try #require(try room.view(.spectator)))
        #expect(view.hasPrefix(#"{"calls":["started by AB"],"count":0,"rolls":["#))
        #expect(room.nextDeadline() == .seconds(7) && room.now() == .seconds(5))
        #expect(!room.isTicking() && room.botsToMove().isEmpty)
        #expect(room.events(3, 2).map(\.event.short) == ["started 1", #"{"event":"said","_0":"hé\n\u0001"}"#])
    }
}

/// The options of a room: what its maker chose, over the operator's, over the game's.
@Suite struct OptionsTests {
    private static let entry = GameEntry(Puppet<Crowd>.self)

    @Test(arguments: [
        ("{}", "{}", #"{"size":4,"goal":10}"#),
        (#"{"goal":3}"#, "{}", #"{"size":4,"goal":3}"#),
        ("{}", #"{"goal":3,"size":2}"#, #"{"size":2,"goal":3}"#),
        (#"{"goal":5}"#, #"{"goal":3,"note":"x"}"#, #"{"size":4,"goal":5,"note":"x"}"#),
        (#" { "goal" : 5 , "other" : [] } "#, "{}", #"{"size":4,"goal":5}"#),
        (#"{"note":null}"#, #"{"note":"x"}"#, #"{"size":4,"goal":10}"#),
        (#"{"goal":7}"#, "{}", #"{"size":4,"goal":7}"#),
    ])
    func `are laid over each other`(chosen: String, configured: String, all: String) throws {
        let options = try Self.entry.options(Array(chosen.utf8), Array(configured.utf8))
        #expect(ReplayTests.text(options.text) == all)
        #expect(options.seats == (all.contains(#""size":2"#) ? 2...2 : 2...4))
    }

    @Test func `are equal however they were written`() throws {
        let one = try Self.entry.options(Array(#"{"goal":3,"size":2}"#.utf8), Array("{}".utf8))
        let other = try Self.entry.options(Array(#"{ "size":2 }"#.utf8), Array(#"{"goal":3}"#.utf8))
        #expect(one == other)
    }

    @Test(arguments: [
        ("[]", "{}", OptionsFault("Options are an object.")),
        ("null", "{}", OptionsFault("Options are an object.")),
        ("{}", "3", OptionsFault("Options are an object.")),
        ("", "{}", OptionsFault("These are no options of this game.")),
        (#"{"goal":"3"}"#, "{}", OptionsFault("These are no options of this game.")),
        (#"{"goal":null}"#, "{}", OptionsFault("These are no options of this game.")),
        (#"{"goal":1,"goal":2}"#, "{}", OptionsFault("These are no options of this game.")),
        (#"{"size":5}"#, "{}", OptionsFault("There is no such table.", reason: "out_of_range")),
        ("{}", #"{"size":-1}"#, OptionsFault("There is no such table.", reason: "out_of_range")),
    ])
    func `are refused`(chosen: String, configured: String, fault: OptionsFault) {
        #expect(throws: fault) { try Self.entry.options(Array(chosen.utf8), Array(configured.utf8)) }
    }

    @Test func `a snapshot that cannot be read is no room`() {
        #expect(throws: JSONFault.malformed(offset: 0)) { try Self.entry.restoreRoom([], 1) }
        for text in ["{}", "null", #"{"version":1}"#] {
            #expect(throws: DecodingError.self) { try Self.entry.restoreRoom(Array(text.utf8), 1) }
        }
    }
}
