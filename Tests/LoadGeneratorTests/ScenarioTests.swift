import NIOCore
import Testing

@testable import LoadGenerator

@Suite struct ScenarioTests {
    @Test func `echo sends as many pings as it was asked for, from each connection in turn`() throws {
        var stage = Stage(try EchoScenario(connections: 10, perSecond: 100))
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        #expect(report.deliveries == 200)
        #expect(report.latency?.count == 200)
        #expect(stage.sent.prefix(12).map(\.client) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    }

    @Test func `moves are made in turn, as many as are due, with a rematch after each game`() throws {
        var stage = Stage(try MovesScenario(rooms: 3, perSecond: 30, checksDurability: true))
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        #expect(report.deliveries == 60)
        let moves = stage.sent.filter { $0.client / 2 == 0 && $0.text.contains("make_move") }
        #expect(moves.prefix(4).map(\.client) == [0, 1, 0, 1])
        #expect(moves[1].text.hasSuffix(#""data":{"row":0,"col":1}}"#))
        #expect(stage.sent.count { $0.text.contains("rematch") } == 3 * 2 * 2)
        #expect(stage.sent.count { $0.text.contains("resync") } == 3)
    }

    @Test(arguments: [1, 8])
    func `everybody hears every line, and its frame is as large as was asked`(burst: Int) throws {
        var stage = Stage(try FanoutScenario(members: 40, perSecond: 40, burst: burst, bytes: 200))
        var sizes: Set<Int> = []
        stage.onTheWay = { _, text in
            if text.contains("xx") { sizes.insert(text.utf8.count) }
            return [text]
        }
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        #expect(report.deliveries == 40 * 80)
        #expect(sizes == [196])
        #expect(report.parameters["frameBytes"] == .int(200))
        let speakers = stage.sent.filter { $0.text.contains("xx") }.map(\.client)
        #expect(speakers.prefix(16).elementsEqual((0..<16).map { $0 / burst }))
    }

    @Test(arguments: [(1, 105), (106, 106), (127, 127), (128, 127), (129, 127), (130, 130)])
    func `a line is as near to what was asked as it can be`(bytes: Int, frameBytes: Int) {
        var probe = FanoutScenario.Probe()
        let text = #"{"type":"chat","data":{"text":"000"}"# + String(repeating: " ", count: 66) + "}"
        withMessage(text) { if let message = $0 { probe.heard(message, by: 1) } }
        #expect(probe.frameBytes(padding: probe.padding(for: bytes)) == frameBytes)
    }

    @Test func `players of Pong change direction, and count their states`() throws {
        var stage = Stage(try PongScenario(rooms: 4, turnsPerSecond: 4, isIdleHanded: false))
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        // Twenty a second, the last of them too late, and one for each move of both players.
        #expect(report.deliveries == 8 * (39 + 2 * 8))
        let directions = stage.sent.filter { $0.client == 3 && $0.text.contains("make_move") }
        #expect(directions.prefix(3).map { $0.text.contains(#""dir":1"#) } == [true, false, true])
    }

    @Test func `idle-handed players send nothing, but want another game`() throws {
        var stage = Stage(try PongScenario(rooms: 2, turnsPerSecond: 4, isIdleHanded: true))
        stage.prepare()
        stage.begin(seconds: 2)
        stage.pass(1000)
        stage.server.endGames()
        stage.pass(1000)
        stage.stop()
        #expect(stage.load.tally.faults == [:])
        #expect(stage.sent.count { $0.text.contains("make_move") } == 0)
        #expect(stage.sent.count { $0.text.contains("rematch") } == 4)
    }

    @Test func `rooms of dice hold when they have enough`() throws {
        var stage = Stage(try RoomsScenario(rooms: 2, players: 5, perSecondOfPlayer: 4))
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        #expect(report.latency?.count == 2 * 5 * 4 * 2)
        // An event and a state for each of five, and a result.
        #expect(report.deliveries == 2 * 5 * 4 * 2 * 11)
        let actions = stage.sent.filter { $0.text.contains("action") }.prefix(10).map { $0.text.contains("hold") }
        #expect(actions.filter(\.self).count == 2)
    }

    @Test func `players before a crowd are measured alone`() throws {
        var stage = Stage(try CrowdScenario(spectators: 30, perSecond: 10))
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        #expect(report.connections == 32)
        #expect(report.latency?.count == 20)
        #expect(stage.scenario.companion?.connections == 30)
        #expect(try CrowdScenario(spectators: 0, perSecond: 10).companion == nil)
    }

    @Test func `a crowd hears what its two players do`() throws {
        var stage = Stage(AudienceScenario(of: "room0", count: 30))
        let players = [100, 101]
        for player in players {
            stage.server.hears(#"{"type":"join_room","gameType":"tictactoe","data":{}}"#, from: player)
        }
        stage.prepare()
        stage.begin(seconds: 1)
        for player in players { stage.server.hears(#"{"type":"make_move","id":1,"data":{}}"#, from: player) }
        stage.pass(10)
        stage.stop()
        #expect(stage.load.tally.faults == [:])
        #expect(stage.load.tally.deliveries == 30 * 2)
    }

    @Test(arguments: [(0.0, 2000), (50.0, 100)])
    func `joins come one after another, or as they are due`(perSecond: Double, visits: Int) throws {
        var stage = Stage(try JoinsScenario(connections: 5, perSecond: perSecond, openRooms: 9))
        if perSecond == 0 {
            // A server without a limit is asked without end: not every answer comes in the same moment.
            var count = 0
            stage.onTheWay = { _, text in
                if text.contains("leave_room_result") { count += 1 }
                return count > visits && text.contains("leave_room_result") ? [] : [text]
            }
        }
        stage.prepare()
        #expect(stage.connected.count == 5 + 3)
        #expect(Set(stage.connected.map(\.source)).count == 6, "each guest's own, and one of the open rooms'")
        stage.begin(seconds: 2)
        stage.pass(2000)
        stage.stop()
        #expect(stage.load.tally.deliveries == (perSecond == 0 ? visits + 5 : visits))
    }

    @Test func `there are always as many open rooms as have seats for all guests`() throws {
        let joins = try JoinsScenario(connections: 15, perSecond: 0, openRooms: 1)
        #expect(joins.parameters["openRooms"] == .int(3))
        #expect(joins.connections == 15 + 1)
    }

    @Test func `a join that waits until its guest has left counts from when it was due`() throws {
        var stage = Stage(try JoinsScenario(connections: 1, perSecond: 20, openRooms: 4))
        var held: [String]? = []
        stage.onTheWay = { client, text in
            guard held != nil, client == 0, text.contains("leave_room_result") else { return [text] }
            held?.append(text)
            return []
        }
        stage.prepare()
        stage.begin(seconds: 2)
        stage.pass(200)
        stage.server.replies += (held ?? []).map { (0, $0) }
        held = nil
        stage.pass(1799)
        stage.stop()
        let report = Report(stage.scenario, stage.load.tally, seconds: 2, server: nil)
        #expect(report.isClean, "\(report.faults)")
        #expect(report.deliveries == 40)
        #expect(150_000...152_000 ~= report.latency?.max ?? 0, "the second was due after 50 milliseconds")
    }

    @Test func `idle connections sit down if they are told to, and say nothing more`() throws {
        var stage = Stage(try IdleScenario(connections: 10, isSeated: true))
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        #expect(stage.sent.count == 10)
        var alone = Stage(try IdleScenario(connections: 10, isSeated: false))
        #expect(alone.run().isClean)
        #expect(alone.sent.isEmpty)
    }

    @Test func `guests come from ever other addresses, and go`() throws {
        var stage = Stage(try ChurnScenario(connections: 10, perSecond: 40))
        let report = stage.run()
        #expect(report.isClean, "\(report.faults)")
        #expect(report.deliveries == 80)
        #expect(report.latency?.count == 80)
        let sources = stage.connected.dropFirst().map(\.source)
        #expect(Set(sources).count == 8)
        #expect(zip(sources, sources.dropFirst()).allSatisfy { $0 != $1 })
    }
}
