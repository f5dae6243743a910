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

@Suite struct LoadRefusalTests {
    @Test(
        arguments: [
            (.echo(connections: 10, perSecond: 10_000), "at least 84 are needed"),
            (.echo(connections: 0, perSecond: 1), "--connections must be from 1 to"),
            (.echo(connections: 10, perSecond: 0), "--rate must be from"),
            (.echo(connections: 10, perSecond: .nan), "--rate must be from"),
            (.moves(rooms: 10, perSecond: 5000, checksDurability: false), "at least 27 are needed"),
            (.moves(rooms: 0, perSecond: 1, checksDurability: false), "--rooms must be from 1 to"),
            (.fanout(members: 1, perSecond: 1, burst: 1, bytes: 120), "--members must be from 2 to"),
            (.fanout(members: 100, perSecond: 500, burst: 1, bytes: 120), "at least 125 are needed"),
            (.fanout(members: 100, perSecond: 10, burst: 61, bytes: 120), "--burst must be from 1 to 60"),
            (.fanout(members: 100, perSecond: 10, burst: 1, bytes: 601), "--bytes must be from 1 to 600"),
            (.pong(rooms: 9001, turnsPerSecond: 4, isIdleHanded: false), "--rooms must be from 1 to 9000"),
            (.pong(rooms: 1, turnsPerSecond: 101, isIdleHanded: false), "--turns-per-second must be from"),
            (.rooms(rooms: 1, players: 7, perSecondOfPlayer: 10), "--players must be from 2 to 6"),
            (.rooms(rooms: 1, players: 2, perSecondOfPlayer: -1), "--rate-per-player must be from"),
            (.joins(connections: 10, perSecond: 1000, openRooms: 0), "at least 42 are needed"),
            (.joins(connections: 10, perSecond: 0, openRooms: -1), "--open-rooms must be from 0 to"),
            (.joins(connections: 10_000, perSecond: 0, openRooms: 60_000), "--connections must be from 1 to 3000"),
            (.idle(connections: 5, isSeated: true), "--seated needs an even number of connections"),
            (.churn(connections: 0, perSecond: 1), "--connections must be from 1 to"),
            (.churn(connections: 10, perSecond: 1001), "--rate must be from"),
            (.crowd(spectators: -1, perSecond: 50), "--spectators must be from 0 to"),
            (.crowd(spectators: 1, perSecond: 200), "--rate must be from"),
        ] as [(LoadKind, String)])
    func `what no server could be asked says what would do`(kind: LoadKind, sentence: String) {
        #expect { try kind.scenario() } throws: { "\($0)".contains(sentence) }
    }

    @Test(arguments: [
        "127.0.0.1:8080", "http://127.0.0.1", "ws://", "ws://user@127.0.0.1", "ws://127.0.0.1?token=a", "", "ws://a b",
    ])
    func `what is no address`(url: String) {
        #expect(throws: LoadRefusal.self) { try Target(url: url) }
    }

    @Test func `addresses, with and without what may be left out`() throws {
        let plain = try Target(url: "ws://127.0.0.1")
        #expect(plain.hostHeader == "127.0.0.1:80")
        #expect(plain.path == "/ws")
        let secure = try Target(url: "wss://127.0.0.1:8443/other/ws")
        #expect(secure.isSecure)
        #expect(secure.path == "/other/ws")
        #expect(try Target(url: "ws://[::1]:81").hostHeader == "[::1]:81")
    }

    @Test func `of loopback there are many addresses to come from, elsewhere there are none`() throws {
        let target = try Target(url: "ws://127.0.0.1:8080")
        let sources = try (0..<20_000).map { try target.source($0)?.ipAddress ?? "" }
        #expect(Set(sources).count == 20_000)
        #expect(sources[0] == "127.0.1.1")
        #expect(try Target(url: "ws://192.0.2.1").source(0) == nil)
    }

    @Test func `another machine gets little, unless it is one's own`() throws {
        func check(_ url: String, owns: Bool, _ kind: LoadKind) throws {
            let options = try LoadOptions(
                target: Target(url: url), seconds: 1, warmUp: 0, serverID: nil, isInsecure: false, ownsServer: owns)
            try options.check(kind.scenario())
        }
        let much = LoadKind.echo(connections: 100, perSecond: 1001)
        try check("ws://127.0.0.1", owns: false, much)
        try check("ws://192.0.2.1", owns: true, much)
        try check("ws://192.0.2.1", owns: false, .echo(connections: 200, perSecond: 1000))
        #expect(throws: LoadRefusal.self) { try check("ws://192.0.2.1", owns: false, much) }
        #expect(throws: LoadRefusal.self) {
            try check("ws://192.0.2.1", owns: false, .echo(connections: 201, perSecond: 1))
        }
        #expect(throws: LoadRefusal.self) {
            try check("ws://192.0.2.1", owns: false, .joins(connections: 1, perSecond: 0, openRooms: 0))
        }
    }
}
