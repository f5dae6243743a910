import GameKitProtocol
import SessionStore
import Testing

@testable import ParlorServer
@testable import RoomEngine

@Suite struct RoomMessagesTests {
    private let messages = RoomMessages(room: .numbered(1), epoch: 2)

    /// Room time started a second after 1970.
    private static func clock(_ time: Duration) -> Int64 { 1000 + time.milliseconds }

    @Test(
        arguments: [
            (
                .playerJoined(seat: 0, playerId: "p1", name: "A\"n", isBot: false), "player_joined",
                #"{"seat":0,"playerId":"p1","name":"A\"n","bot":false}"#
            ),
            (
                .playerLeft(seat: 1, playerId: "p2", name: "Bo", isBot: true, reason: .kicked), "player_left",
                #"{"seat":1,"playerId":"p2","name":"Bo","bot":true,"reason":"kicked"}"#
            ),
            (
                .playerDisconnected(seat: 0, playerId: "p1", grace: .milliseconds(1500)), "player_disconnected",
                #"{"seat":0,"playerId":"p1","graceSeconds":2}"#
            ),
            (.playerReconnected(seat: 0, playerId: "p1"), "player_reconnected", #"{"seat":0,"playerId":"p1"}"#),
            (.gameStarted(round: 1), "game_started", #"{"round":1}"#),
            (.gameEnded(.draw), "game_ended", #"{"outcome":{"kind":"draw"}}"#),
            (
                .gameEnded(.won(by: 1, scores: [3, 10])), "game_ended",
                #"{"outcome":{"kind":"won","winners":[1],"by":"play","scores":[3,10]}}"#
            ),
            (.rematchVoted(seat: 1, votes: 1, needed: 2), "rematch_voted", #"{"seat":1,"votes":1,"needed":2}"#),
            (.readyChanged(seat: 1, ready: true), "ready_changed", #"{"seat":1,"ready":true}"#),
            (.game(#"{"event":"rolled","seat":0}"#), "game_event", #"{"event":"rolled","seat":0}"#),
        ] as [(RoomEvent, String, String)])
    func `an event is told with its number`(event: RoomEvent, type: String, data: String) {
        let message = messages.event(NumberedEvent(seq: 9, at: .zero, event: event))
        #expect(text(message) == #"{"type":"\#(type)","roomId":"room0001","epoch":2,"seq":9,"data":\#(data)}"#)
    }

    @Test func `an event without a number is told without one`() {
        #expect(
            text(messages.transient(#"{"event":"bounce"}"#))
                == #"{"type":"game_event","roomId":"room0001","epoch":2,"data":{"event":"bounce"}}"#)
    }

    @Test(
        arguments: [
            (status(.waiting, version: 3, seq: 4), nil, #"{"phase":"waiting"}"#),
            (
                status(.playing, version: 3, seq: 4, turnEnds: .seconds(5)), #"{"a":1}"#,
                #"{"phase":"playing","view":{"a":1},"turnEndsAt":6000}"#
            ),
            (
                status(.paused, version: 3, seq: 4, pauseEnds: .seconds(7)), #"{"a":1}"#,
                #"{"phase":"paused","view":{"a":1},"pause":{"reason":"away","untilMs":8000}}"#
            ),
            (
                status(.finished, version: 3, seq: 4, outcome: .won(by: 0)), #"{"a":1}"#,
                #"{"phase":"finished","view":{"a":1},"outcome":{"kind":"won","winners":[0],"by":"play"}}"#
            ),
        ] as [(RoomStatus, String?, String)])
    func `a state is told with all around the view`(status: RoomStatus, view: String?, data: String) {
        #expect(
            text(messages.state(status, view: view.map { bytes($0) }, clock: Self.clock).text)
                == #"{"type":"game_state","roomId":"room0001","epoch":2,"seq":4,"version":3,"data":\#(data)}"#)
    }

    private static func state(_ status: RoomStatus, _ view: String?, epoch: UInt64 = 2) -> RoomState {
        RoomState(room: .numbered(1), epoch: epoch, status: status, view: view.map { bytes($0) }, clock: clock)
    }

    @Test func `a patch names the state it is for`() throws {
        let base = Self.state(status(version: 3, seq: 4), #"{"a":1,"b":1}"#)
        let next = Self.state(status(version: 5, seq: 6, turnEnds: .seconds(1)), #"{"a":2,"b":1}"#)
        let frame = try #require(next.patch(from: base))
        let message =
            #"{"type":"game_patch","roomId":"room0001","epoch":2,"version":5,"base":3,"seq":6,"#
            + #""data":{"patch":{"a":2},"turnEndsAt":2000}}"#
        #expect(frame == Frame.text(bytes(message)))
        let over = Self.state(status(.finished, version: 6, seq: 7, outcome: .draw), #"{"a":2,"b":1}"#)
        #expect(
            text(try #require(over.patch(from: next))).hasSuffix(
                #""data":{"phase":"finished","patch":{},"outcome":{"kind":"draw"}}}"#))
    }

    @Test func `there is no patch over epochs, from no view, or to a null`() {
        let base = Self.state(status(version: 3), #"{"a":1}"#)
        #expect(Self.state(status(version: 4), #"{"a":2}"#, epoch: 3).patch(from: base) == nil)
        #expect(Self.state(status(version: 4), #"{"a":null}"#).patch(from: base) == nil)
        #expect(base.patch(from: Self.state(status(version: 2), nil)) == nil)
        #expect(Self.state(status(version: 4), nil).patch(from: base) == nil)
    }

    @Test func `the rest is told without a number`() {
        #expect(
            text(messages.spectatorsChanged(3))
                == #"{"type":"spectators_changed","roomId":"room0001","epoch":2,"data":{"count":3}}"#)
        #expect(
            text(messages.closed(.rulesChanged))
                == #"{"type":"room_closed","roomId":"room0001","epoch":2,"data":{"reason":"rules_changed"}}"#)
        #expect(
            text(messages.chat(ChatLine(playerId: "p1", name: "Ann", text: "a\nb", at: 5)))
                == #"{"type":"chat","roomId":"room0001","epoch":2,"#
                + #""data":{"playerId":"p1","name":"Ann","text":"a\nb","at":5}}"#)
    }

    @Test func `an answer repeats its id and says where the room stands`() {
        #expect(
            text(messages.success("ready_result", id: .number(7)))
                == #"{"type":"ready_result","id":7,"roomId":"room0001","success":true}"#)
        let position = RoomPosition(epoch: 2, seq: 3, version: 4)
        #expect(
            text(messages.success("join_room_result", id: nil, at: position) { $0.set("role", "player") })
                == #"{"type":"join_room_result","roomId":"room0001","epoch":2,"seq":3,"version":4,"success":true,"#
                + #""data":{"role":"player"}}"#)
    }

    @Test func `a refusal says why, and whether to try again`() {
        #expect(
            text(ServerMessage.failure("make_move_result", id: .text("m"), room: .numbered(1), .storeUnavailable))
                == #"{"type":"make_move_result","id":"m","roomId":"room0001","success":false,"#
                + #""error":{"code":"store_unavailable","#
                + #""message":"The server cannot save right now. Nothing is lost; try again.","#
                + #""retryable":true,"retryAfterMs":1000}}"#)
        #expect(
            text(ServerMessage.failure(nil, id: nil, Problem(.moveRefused(Refusal("square_taken", "Taken.")))))
                == #"{"type":"error","success":false,"error":{"code":"move_refused","message":"Taken.","#
                + #""reason":"square_taken","retryable":false}}"#)
    }

    @Test func `a pong gives back what the ping said, but the time is the server's`() {
        let pong = ServerMessage.pong(id: .number(1), data: bytes(#"{"t":5,"serverTime":1}"#)[...], serverTime: 99)
        #expect(text(pong) == #"{"type":"pong","id":1,"data":{"t":5,"serverTime":99}}"#)
        #expect(
            text(ServerMessage.pong(id: nil, data: nil, serverTime: 99)) == #"{"type":"pong","data":{"serverTime":99}}"#
        )
    }
}

@Suite struct StoredStateTests {
    @Test func `what was written is read back`() throws {
        var ticks = TickRun(start: .seconds(3), every: .milliseconds(20))
        _ = ticks.goesOn(at: .milliseconds(3020))
        let written = StoredState(
            isSettled: true, rulesVersion: 2, options: .board(10), fingerprint: .max, ticks: ticks,
            room: bytes(#"{"phase":"waiting"}"#))
        let read = try #require(StoredState(written.text))
        #expect(read.isSettled)
        #expect(read.rulesVersion == 2)
        #expect(read.fingerprint == .max)
        #expect(read.ticks == ticks)
        #expect(read.room == bytes(#"{"phase":"waiting"}"#))
        #expect(read.options(of: GameSettings(GameEntry(Draughts.self))) == .board(10))
    }

    @Test func `options that the game no longer takes are none`() throws {
        let text = bytes(#"{"settled":false,"rules":1,"options":{"size":99},"room":{}}"#)
        let read = try #require(StoredState(text))
        #expect(read.options(of: GameSettings(GameEntry(Draughts.self))) == nil)
    }

    @Test func `a state without what need not be there is read`() throws {
        let written = StoredState(
            isSettled: false, rulesVersion: 0, options: nil, fingerprint: nil, ticks: nil, room: bytes("{}"))
        #expect(text(written.text) == #"{"settled":false,"rules":0,"room":{}}"#)
        #expect(try #require(StoredState(written.text)).optionsText == nil)
    }

    @Test(arguments: [
        "", "7", "{}", #"{"rules":1,"room":{}}"#, #"{"settled":true,"room":{}}"#, #"{"settled":true,"rules":1}"#,
        #"{"settled":"true","rules":1,"room":{}}"#, #"{"settled":true,"rules":-1,"room":{}}"#,
    ])
    func `what is no state is not read`(text: String) {
        #expect(StoredState(bytes(text)) == nil)
    }
}

@Suite struct MetricsTextTests {
    private static var text: MetricsText {
        let metrics = Metrics()
        metrics.received(10)
        metrics.received(5)
        metrics.sent(Metrics.Sent(messages: 1, bytes: 7))
        metrics.commitFailed()
        metrics.closed(.slowConsumer)
        metrics.closed(.normal)
        metrics.closed(.slowConsumer)
        metrics.roomOpened("pong")
        metrics.roomOpened("dice")
        metrics.roomOpened("dice")
        metrics.roomClosed("pong")
        let counts = ServerCounts(connections: 4, users: 2, rooms: 3, clientsByGame: ["dice": 3])
        return MetricsText(reading: metrics.read(), counts: counts, uptime: .milliseconds(61_900))
    }

    @Test(arguments: [
        "parlor_uptime_seconds 61", "parlor_connections 4", "parlor_users 2", #"parlor_clients{game="dice"} 3"#,
        #"parlor_rooms{game="dice"} 2"#, #"parlor_rooms{game="pong"} 0"#, "parlor_messages_received_total 2",
        "parlor_received_bytes_total 15", "parlor_messages_sent_total 1", "parlor_sent_bytes_total 7",
        "parlor_failed_commits_total 1", #"parlor_closes_total{code="1000"} 1"#, #"parlor_closes_total{code="4003"} 2"#,
    ])
    func `each figure is a line`(line: String) {
        #expect(Self.text.prometheus.split(separator: "\n").contains(line[...]))
    }

    @Test func `each metric is introduced once, and all else is a sample`() {
        let lines = Self.text.prometheus.split(separator: "\n")
        let help = lines.filter { $0.hasPrefix("# HELP ") }.map { $0.split(separator: " ")[2] }
        let kinds = lines.filter { $0.hasPrefix("# TYPE ") }
        #expect(Set(help).count == help.count)
        #expect(kinds.map { $0.split(separator: " ")[2] } == help)
        #expect(kinds.allSatisfy { $0.hasSuffix(" counter") == $0.contains("_total ") })
        #expect(Self.text.prometheus.hasSuffix("\n"))
    }

    @Test func `the same as JSON`() {
        let json = String(decoding: Self.text.json, as: UTF8.self)
        #expect(json.hasPrefix(#"{"parlor_uptime_seconds":61,"parlor_connections":4,"parlor_users":2,"#))
        #expect(json.contains(#","parlor_clients{game=\"dice\"}":3,"#))
        #expect(json.contains(#","parlor_closes_total{code=\"4003\"}":2,"#))
        #expect(json.hasSuffix(#""parlor_refusals_total{limit=\"all_outboxes\"}":0}"#))
    }
}
