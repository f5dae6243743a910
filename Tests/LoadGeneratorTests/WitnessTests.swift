import NIOCore
import Testing

@testable import LoadGenerator

@Suite struct WitnessTests {
    private static let welcome = #"{"type":"welcome","data":{}}"#

    private static func joined(_ room: String = "r", epoch: Int = 1, seq: Int = 3, version: Int = 2) -> String {
        #"{"type":"join_room_result","roomId":"\#(room)","epoch":\#(epoch),"seq":\#(seq),"version":\#(version),"success":true}"#
    }

    private static func state(_ room: String = "r", epoch: Int = 1, seq: Int = 3, version: Int = 2) -> String {
        #"{"type":"game_state","roomId":"\#(room)","epoch":\#(epoch),"seq":\#(seq),"version":\#(version),"data":{}}"#
    }

    private static func event(_ room: String = "r", epoch: Int = 1, seq: Int) -> String {
        #"{"type":"game_event","roomId":"\#(room)","epoch":\#(epoch),"seq":\#(seq),"data":{}}"#
    }

    /// - Returns: the fault that the last of the texts is, if it is one.
    private func hear(_ texts: [String]) throws -> String? {
        var witness = Witness()
        for (number, text) in texts.enumerated() {
            do throws(Witness.Fault) {
                try withMessage(text) { message throws(Witness.Fault) in
                    if let message { _ = try witness.hears(message) }
                }
            } catch {
                try #require(number == texts.count - 1, "too early: \(error) at \(text)")
                return error.description
            }
        }
        return nil
    }

    @Test(arguments: [
        [joined(), state(), event(seq: 4), event(seq: 5), state(seq: 5, version: 3), state(seq: 5, version: 3)],
        [joined(), #"{"type":"game_event","roomId":"r","epoch":1,"data":{}}"#, state(version: 9)],
        [joined(), joined("s", seq: 9), event("s", seq: 10), event(seq: 4)],
        [joined(), state(epoch: 2, seq: 1, version: 1), event(epoch: 2, seq: 2)],
        [#"{"type":"join_room_result","roomId":"r","success":false,"error":{"code":"room_full"}}"#],
        [joined(), #"{"type":"leave_room_result","roomId":"r","success":true,"data":{}}"#, joined(seq: 9)],
        [joined(), #"{"type":"room_closed","roomId":"r","epoch":1,"data":{"reason":"idle"}}"#],
        [#"{"type":"server_draining","data":{}}"#],
    ])
    func `what the protocol allows`(texts: [String]) throws {
        #expect(try hear([Self.welcome] + texts) == nil)
    }

    @Test(arguments: [
        ([welcome], "a second welcome"),
        ([joined(), event(seq: 5)], "a gap between events"),
        ([joined(), event(seq: 3)], "an event that was told already"),
        ([joined(), event(seq: 4), event(seq: 4)], "an event that was told already"),
        ([joined(), event(epoch: 2, seq: 4)], "an event of another epoch"),
        ([joined(), state(seq: 4)], "a state with events that were not told"),
        ([joined(), event(seq: 4), state(seq: 3)], "a state with events that were not told"),
        ([joined(), state(version: 1)], "a version that went backwards"),
        ([joined(epoch: 2), state(epoch: 1)], "an epoch that went backwards"),
        ([state()], "a message of a room that its client is not in"),
        ([joined(), state("other")], "a message of a room that its client is not in"),
        (
            [joined(), #"{"type":"leave_room_result","roomId":"r","success":true}"#, state()],
            "a message of a room that its client is not in"
        ),
        (
            [joined(), #"{"type":"room_closed","roomId":"r","epoch":1}"#, event(seq: 4)],
            "a message of a room that its client is not in"
        ),
        (
            [joined(), #"{"type":"game_state","roomId":"r","epoch":1,"seq":3}"#],
            "a state without epoch, seq or version"
        ),
        (
            [#"{"type":"join_room_result","roomId":"r","success":true}"#],
            "a join_room_result without epoch, seq or version"
        ),
        ([#"{"type":"pong","id":1}"#], "an answer to what was not asked, or was answered already"),
    ])
    func `what it does not`(texts: [String], fault: String) throws {
        #expect(try hear([Self.welcome] + texts) == fault)
    }

    @Test func `a message before the welcome`() throws {
        #expect(try hear([Self.joined()]) == "a message before the welcome")
    }

    @Test func `each request is answered once, in whatever order, and says when it was due`() throws {
        var witness = Witness()
        func hear(_ text: String) throws(Witness.Fault) -> NIODeadline? {
            try withMessage(text) { message throws(Witness.Fault) in
                guard let message else { return nil }
                return try witness.hears(message)
            }
        }
        let (first, second) = (NIODeadline.uptimeNanoseconds(5), NIODeadline.uptimeNanoseconds(6))
        _ = try hear(Self.welcome)
        #expect(witness.asks(due: first) == 1)
        #expect(witness.asks(due: second) == 2)
        #expect(try hear(#"{"type":"pong","id":2}"#) == second)
        #expect(try hear(#"{"type":"rematch_result","id":1,"success":false}"#) == first)
        #expect(witness.unansweredCount == 0)
        #expect(throws: Witness.Fault.self) { try hear(#"{"type":"pong","id":2}"#) }
    }
}
