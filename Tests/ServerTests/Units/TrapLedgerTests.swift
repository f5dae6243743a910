import JSONCoding
import RoomEngine
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct TrapLedgerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var traps: [Trap]
        /// What the last of them brings.
        var actions: [TrapLedger.Action]
    }

    /// A trap in a word or two.
    private static func trap(
        _ room: Int?, _ input: String = "x", game: String = "bomb", rules: Int = 1, from address: String? = nil
    ) -> Trap {
        Trap(
            fault: "illegalInstruction", call: "move", digest: String(input.prefix(16)),
            room: room.map { .numbered($0) }, game: game, rules: rules, address: address, input: input)
    }

    private static let cases = [
        Case(testDescription: "one trap is bad luck", traps: [trap(1)], actions: []),
        Case(
            testDescription: "the same input again closes the room", traps: [trap(1), trap(1)],
            actions: [.quarantine(.numbered(1))]),
        Case(testDescription: "another input does not yet", traps: [trap(1), trap(1, "y")], actions: []),
        Case(
            testDescription: "the third of any closes the room", traps: [trap(1), trap(1, "y"), trap(1, "z")],
            actions: [.quarantine(.numbered(1))]),
        Case(testDescription: "the same input in another room is another one", traps: [trap(1), trap(2)], actions: []),
        Case(
            testDescription: "a room is closed once", traps: [trap(1), trap(1), trap(1)], actions: []),
        Case(
            testDescription: "the third room closes the game", traps: [trap(1), trap(2), trap(3)],
            actions: [.switchOff(game: "bomb")]),
        Case(
            testDescription: "a room is closed though its game is off",
            traps: [trap(1), trap(2), trap(2, "y"), trap(3), trap(3)],
            actions: [.quarantine(.numbered(3))]),
        Case(
            testDescription: "a game is closed once", traps: [trap(1), trap(2), trap(3), trap(4)], actions: []),
        Case(
            testDescription: "rooms of other games do not count",
            traps: [trap(1), trap(2), trap(3, game: "pong")], actions: []),
        Case(
            testDescription: "nor those of other rules", traps: [trap(1), trap(2), trap(3, rules: 2)], actions: []),
        Case(
            testDescription: "three times in one room is one room", traps: [trap(1, "x"), trap(1, "y"), trap(1, "x")],
            actions: [.quarantine(.numbered(1))]),
        Case(
            testDescription: "rooms that were never made count as many", traps: [trap(nil), trap(nil), trap(nil)],
            actions: [.switchOff(game: "bomb")]),
        Case(
            testDescription: "who is behind three rooms is barred",
            traps: [trap(1, from: "192.0.2.1"), trap(2, from: "192.0.2.1"), trap(3, from: "192.0.2.1")],
            actions: [.switchOff(game: "bomb"), .bar(address: "192.0.2.1")]),
        Case(
            testDescription: "whichever games they were of",
            traps: [
                trap(1, from: "192.0.2.1"), trap(2, game: "pong", from: "192.0.2.1"),
                trap(3, game: "dice", from: "192.0.2.1"),
            ],
            actions: [.bar(address: "192.0.2.1")]),
        Case(
            testDescription: "three people with bad luck are not",
            traps: [trap(1, from: "192.0.2.1"), trap(2, from: "192.0.2.2"), trap(3, from: "192.0.2.3")],
            actions: [.switchOff(game: "bomb")]),
        Case(
            testDescription: "nor is one in one room",
            traps: [trap(1, "x", from: "192.0.2.1"), trap(1, "y", from: "192.0.2.1"), trap(1, "z", from: "192.0.2.1")],
            actions: [.quarantine(.numbered(1))]),
        Case(
            testDescription: "traps without an address bar nobody", traps: [trap(1), trap(2), trap(3)],
            actions: [.switchOff(game: "bomb")]),
    ]

    @Test(arguments: cases) func `what a trap brings`(_ example: Case) {
        var ledger = TrapLedger()
        let actions = example.traps.map { ledger.record($0, at: 0) }
        #expect(actions.last == example.actions)
    }

    @Test func `what follows stands in the sentence`() {
        var ledger = TrapLedger()
        for room in [1, 1, 2, 3] { _ = ledger.record(Self.trap(room, from: "192.0.2.1"), at: 1000) }
        let sentence = ledger.sentence(rules: ["bomb": 1])
        #expect(sentence.rooms == [.numbered(1)])
        #expect(sentence.games == ["bomb"])
        let until = 1000 + Limits.trapperBarred.milliseconds
        #expect(sentence.bars(.literal("192.0.2.1"), at: until - 1))
        #expect(!sentence.bars(.literal("192.0.2.1"), at: until))
        #expect(!sentence.bars(.literal("192.0.2.2"), at: 1000))
    }

    @Test(arguments: [(2, false), (1, true)]) func `new rules are a new game`(_ rules: Int, isOff: Bool) {
        var ledger = TrapLedger()
        for room in 1...3 { _ = ledger.record(Self.trap(room), at: 0) }
        #expect(ledger.sentence(rules: ["bomb": rules]).games.contains("bomb") == isOff)
    }

    @Test func `a game stays switched off however long ago it was`() {
        var ledger = TrapLedger()
        for room in 1...3 { _ = ledger.record(Self.trap(room), at: 0) }
        _ = ledger.record(Self.trap(9, game: "pong"), at: Limits.trapMemory.milliseconds * 10)
        #expect(ledger.traps.count == 1)
        #expect(ledger.sentence(rules: ["bomb": 1]).games == ["bomb"])
    }

    @Test(arguments: [(0, true), (1, false)]) func `traps far apart have nothing to do with each other`(
        _ later: Int64, isTogether: Bool
    ) {
        var ledger = TrapLedger()
        _ = ledger.record(Self.trap(1), at: 0)
        let actions = ledger.record(Self.trap(1), at: Limits.trapMemory.milliseconds + later)
        #expect(actions.isEmpty != isTogether)
    }

    @Test func `the ledger is bounded`() throws {
        var ledger = TrapLedger()
        let input = String(repeating: "\u{1}", count: 1024)
        for room in 0..<1000 {
            for _ in 0..<2 { _ = ledger.record(Self.trap(room, input, from: "192.0.2.\(room % 256)"), at: 0) }
        }
        #expect(ledger.traps.count == Limits.rememberedTraps)
        #expect(ledger.rooms.count == Limits.rememberedTraps)
        #expect(try CanonicalJSON.encode(ledger).count < OperatorFile.mostBytes)
    }

    @Test func `a ledger is read as it was written`() throws {
        var ledger = TrapLedger(flight: .max)
        for room in [1, 1, 2, 3] { _ = ledger.record(Self.trap(room, from: "2001:db8::"), at: 5) }
        #expect(try JSONReader.decode(TrapLedger.self, from: try CanonicalJSON.encode(ledger)) == ledger)
    }
}
