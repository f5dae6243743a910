import NIOCore
import Testing

@testable import LoadGenerator

/// A server that does something wrong, once, and what the load says of it.
@Suite struct FaultTests {
    struct Planted: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: LoadKind
        /// What becomes of a text, given how many have gone by.
        let onTheWay: @Sendable (Int, Int, String) -> [String]
        let fault: String

        init(
            _ name: String, _ kind: LoadKind, _ fault: String,
            _ onTheWay: @escaping @Sendable (Int, Int, String) -> [String]
        ) {
            testDescription = name
            self.kind = kind
            self.onTheWay = onTheWay
            self.fault = fault
        }
    }

    private static let echo = LoadKind.echo(connections: 4, perSecond: 50)
    private static let moves = LoadKind.moves(rooms: 2, perSecond: 20, checksDurability: false)
    private static let fanout = LoadKind.fanout(members: 20, perSecond: 20, burst: 1, bytes: 120)
    private static let late = 60

    @Test(arguments: [
        Planted("a pong is lost", echo, "requests that were never answered") { $1 == late ? [] : [$2] },
        Planted("a pong comes twice", echo, "an answer to what was not asked, or was answered already") {
            $1 == late ? [$2, $2] : [$2]
        },
        Planted("a text that is no JSON", echo, "a text that is no message") { $1 == late ? [$2, "{"] : [$2] },
        Planted("a move is not answered", moves, "requests that were never answered") {
            $1 > late && $2.contains("make_move_result") ? [] : [$2]
        },
        Planted("moves stop", moves, "moves that were due and could not be made in time") {
            $1 > late && $2.contains("game_state") ? [] : [$2]
        },
        Planted("an event is lost", moves, "a state with events that were not told") {
            $2.contains("rematch_voted") && $0 == 0 ? [] : [$2]
        },
        Planted("a version goes backwards", moves, "a version that went backwards") {
            [$2.contains("game_state") ? $2.replacing(#""version":9,"#, with: #""version":1,"#) : $2]
        },
        Planted("a line is lost", fanout, "lines of chat that come to one member in another order, or not at all") {
            $0 == 7 && $2.contains(#""text":"005x"#) ? [] : [$2]
        },
        Planted("the last line is lost", fanout, "lines of chat that a member never heard") {
            $0 == 7 && $2.contains(#""text":"013x"#) ? [] : [$2]
        },
        Planted("a line comes twice", fanout, "a line of chat that was not said, or told before") {
            $0 == 7 && $2.contains(#""text":"005x"#) ? [$2, $2] : [$2]
        },
        Planted("a line that nobody said", fanout, "a line of chat that was not said, or told before") {
            $0 == 7 && $2.contains(#""text":"005x"#) ? [$2, $2.replacing("005x", with: "zzzx")] : [$2]
        },
        Planted(
            "states of Pong stop", .pong(rooms: 2, turnsPerSecond: 1, isIdleHanded: true),
            "players of Pong with fewer states than 20 a second"
        ) { $0 == 3 && $1 > late ? [] : [$2] },
        Planted(
            "a guest is not let go", .churn(connections: 4, perSecond: 20), "guests who did not come and go in time"
        ) {
            $1 > 60 && $2.contains("leave_room_result") ? [] : [$2]
        },
        Planted(
            "a join is not answered", .joins(connections: 4, perSecond: 20, openRooms: 4),
            "requests that were never answered"
        ) {
            $1 > 60 && $2.contains("join_room_result") ? [] : [$2]
        },
    ])
    func `is found`(planted: Planted) throws {
        var stage = Stage(try planted.kind.scenario())
        var count = 0
        stage.onTheWay = { client, text in
            count += 1
            return planted.onTheWay(client, count, text)
        }
        let report = stage.run()
        #expect(report.faults.contains { $0.hasPrefix(planted.fault) }, "\(report.faults)")
        #expect(report.exitCode == 1)
    }

    @Test func `a room older than what was acknowledged is found`() throws {
        var stage = Stage(try MovesScenario(rooms: 2, perSecond: 20, checksDurability: true))
        // The result promises more than there is.
        stage.onTheWay = { _, text in
            [text.contains("make_move_result") ? text.replacing(#"{"version":"#, with: #"{"version":1000"#) : text]
        }
        #expect(stage.run().faults.contains { $0.hasPrefix("a room older than a move that was acknowledged") })
    }

    @Test func `refusals are counted by their code, and are no clean end`() throws {
        var stage = Stage(try EchoScenario(connections: 4, perSecond: 50))
        var count = 0
        stage.onTheWay = { _, text in
            count += 1
            guard count.isMultiple(of: 10), text.contains("pong") else { return [text] }
            return [text.replacing("pong", with: "error").dropLast() + #","error":{"code":"rate_limited"}}"#]
        }
        let report = stage.run()
        #expect(report.refusals == ["rate_limited": 10])
        #expect(report.faults == [])
        #expect(report.exitCode == 1)
    }
}

extension Substring {
    fileprivate static func + (text: Substring, more: String) -> String { String(text) + more }
}
