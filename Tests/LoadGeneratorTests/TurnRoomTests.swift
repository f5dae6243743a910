import NIOCore
import Testing

@testable import LoadGenerator

@Suite struct TurnRoomTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private static func state(_ phase: String, version: Int, _ view: String) -> String {
        #"{"type":"game_state","roomId":"r","epoch":1,"seq":1,"version":\#(version),"data":{"phase":"\#(phase)","view":\#(view)}}"#
    }

    private static func board(_ marks: String, turn: Int) -> String {
        let squares = marks.map { $0 == "." ? #""""# : #""\#($0)""# }
        let rows = (0..<3).map { "[" + squares[($0 * 3)..<($0 * 3 + 3)].joined(separator: ",") + "]" }
        return #"{"board":[\#(rows.joined(separator: ","))],"x":0,"turn":\#(turn)}"#
    }

    private var room = TurnRoom(.ticTacToe)
    private var load = Load(connections: 2, now: start)

    init() { room.players = [0, 1] }

    @discardableResult
    private mutating func hear(_ text: String, answering due: NIODeadline? = nil) -> Bool {
        withMessage(text) { message in
            guard let message else { return false }
            return room.heard(message, answering: due, &load)
        }
    }

    @Test mutating func `a move that waits for its turn counts from when it was due`() {
        room.moveIsDue(at: Self.start, &load)
        #expect(load.acts.isEmpty)
        #expect(!room.isSettled)
        load.now = Self.start + .milliseconds(300)
        hear(Self.state("playing", version: 2, Self.board("X...O....", turn: 1)))
        #expect(load.acts == [.send(1, #"{"type":"make_move","id":1,"data":{"row":0,"col":1}}"#)])
        let due = [#"{"type":"welcome"}"#, #"{"type":"make_move_result","id":1}"#].map { text in
            Array(text.utf8).withUnsafeBytes { load.heard($0, by: 1)?.due }
        }
        #expect(due == [nil, Self.start])
    }

    @Test mutating func `one move at a time, each from a state of its own`() {
        hear(Self.state("playing", version: 2, Self.board(".........", turn: 0)))
        room.moveIsDue(at: Self.start, &load)
        room.moveIsDue(at: Self.start, &load)
        #expect(load.acts.count == 1)
        hear(Self.state("playing", version: 3, Self.board("X........", turn: 1)))
        #expect(load.acts.count == 1, "the first has no answer yet")
        #expect(hear(#"{"type":"make_move_result","id":1,"data":{"version":3}}"#, answering: Self.start))
        #expect(load.acts.count == 2)
        #expect(room.acknowledged == 3)
        hear(Self.state("playing", version: 3, Self.board("X........", turn: 1)))
        hear(#"{"type":"make_move_result","id":2,"success":false}"#, answering: Self.start)
        #expect(room.isSettled)
        #expect(room.acknowledged == 3)
    }

    @Test mutating func `a game that is over is asked for again, once, by both`() {
        hear(Self.state("playing", version: 8, Self.board("XOXOXO...", turn: 0)))
        let over = Self.state("finished", version: 9, Self.board("XOXOXOX..", turn: 1))
        hear(over)
        hear(over)
        room.moveIsDue(at: Self.start, &load)
        #expect(
            load.acts == [
                .send(0, #"{"type":"rematch","id":1}"#), .send(1, #"{"type":"rematch","id":1}"#),
            ])
    }

    @Test(arguments: [
        (".........", #"{"row":0,"col":0}"#), ("XOX......", #"{"row":1,"col":0}"#),
        ("XOXOXOXO.", #"{"row":2,"col":2}"#), ("XOXOXOXOX", nil),
    ])
    func `the first empty square`(marks: String, move: String?) {
        let view = Self.board(marks, turn: 0)
        Array(view.utf8).withUnsafeBytes { #expect(TurnRoom.Rules.ticTacToe.move(JSONSlice($0)) == move) }
    }

    @Test(arguments: [(0, #"{"action":"roll"}"#), (19, #"{"action":"roll"}"#), (20, #"{"action":"hold"}"#)])
    func `who has enough holds`(total: Int, move: String) {
        Array(#"{"turnTotal":\#(total)}"#.utf8).withUnsafeBytes {
            #expect(TurnRoom.Rules.dice.move(JSONSlice($0)) == move)
        }
    }
}
