import Foundation
import LoadGenerator
import Testing

@testable import ParlorServer

/// `parlor bench` against a real server, which does nothing wrong.
@Suite(.serialized) struct BenchTests {
    @Test(arguments: [
        LoadKind.echo(connections: 10, perSecond: 200),
        .moves(rooms: 5, perSecond: 100, checksDurability: true),
        .fanout(members: 20, perSecond: 40, burst: 4, bytes: 150),
        .rooms(rooms: 4, players: 3, perSecondOfPlayer: 5),
        .pong(rooms: 3, turnsPerSecond: 4, isIdleHanded: false),
        .joins(connections: 10, perSecond: 50, openRooms: 7),
        .joins(connections: 10, perSecond: 0, openRooms: 0),
        .idle(connections: 10, isSeated: true),
        .churn(connections: 10, perSecond: 40),
        .crowd(spectators: 20, perSecond: 20),
    ])
    func `all is as the protocol has it`(kind: LoadKind) async throws {
        let flags: [Setting: String] = [.messagesPerSecond: "0", .joinsPerMinutePerAddress: "0"]
        try await withServer(flags: flags) { server in
            let report = try await run(kind, on: server)
            #expect(report.exitCode == 0, "\(report.table)")
        }
    }

    @Test func `what the server refuses is counted, and is no clean end`() async throws {
        try await withServer(flags: [.messagesPerSecond: "5"]) { server in
            let report = try await run(.echo(connections: 2, perSecond: 200), on: server)
            #expect(report.exitCode == 1)
            #expect(report.json.contains(#""refusals":{"rate_limited":"#))
        }
    }

    @Test func `a room that takes no more is the end of the preparations`() async throws {
        try await withServer(games: ["tictactoe": #""spectators":5"#]) { server in
            let report = try await run(.crowd(spectators: 20, perSecond: 20), on: server)
            #expect(report.exitCode == 1)
            #expect(report.json.contains("the server refused what the load needs: room_full"))
        }
    }

    @Test func `a server that ends in the middle is a fault of many connections`() async throws {
        try await withServer { server in
            async let report = run(.echo(connections: 10, perSecond: 100), seconds: 3, on: server)
            try await eventually { try await server.get("/health").json["connections"] == 10 }
            server.stop()
            #expect(try await report.json.contains("the server closed a connection with 1001"))
        }
    }

    private func run(_ kind: LoadKind, seconds: Double = 0.5, on server: TestServer) async throws -> Report {
        let options = try LoadOptions(
            target: Target(url: "ws://127.0.0.1:\(server.port)"), seconds: seconds, warmUp: 0.1, serverID: nil,
            isInsecure: false, ownsServer: false)
        return try await LoadGenerator.run(kind, options) { _ in }
    }

    // MARK: The command

    @Test func `the last line is JSON, with what the server used`() async throws {
        try await withServer { server in
            let result = try await ParlorExecutable.run(
                "bench", "echo", "--url", "ws://127.0.0.1:\(server.port)", "--server-pid", "\(getpid())",
                "--connections", "5", "--rate", "100", "--seconds", "0.5", "--warm-up", "0")
            #expect(result.status == 0, "\(result.complaint)")
            #expect(result.lines.count > 5)
            let line = Data(try #require(result.lines.last).utf8)
            let json = try #require(JSONSerialization.jsonObject(with: line) as? [String: Any])
            #expect(json["scenario"] as? String == "echo")
            #expect((json["latency"] as? [String: Any])?["count"] as? Int == 50)
            #expect((json["server"] as? [String: Any])?["residentAfter"] as? Int ?? 0 > 1_000_000)
            #expect((json["faults"] as? [String]) == [])
        }
    }

    @Test(
        arguments: [
            (["echo", "--rate", "0"], 64, "--rate must be from"),
            (["echo", "--seconds", "0"], 64, "--seconds must be from"),
            (["echo", "--url", "http://127.0.0.1"], 64, "--url must be like"),
            (["idle", "--server-pid", "999999999"], 64, "is no process that may be looked at"),
            (["echo", "--url", "ws://192.0.2.1", "--connections", "201"], 64, "--i-own-this-server"),
            (["echo", "--url", "ws://no-such-host.invalid"], 2, "there is no host no-such-host.invalid"),
            (["echo", "--url", "ws://127.0.0.1:1"], 2, "cannot connect to 127.0.0.1:1"),
        ] as [([String], Int32, String)])
    func `what cannot be done is said in a line`(arguments: [String], status: Int32, complaint: String) async throws {
        let result = try await ParlorExecutable.run(["bench"] + arguments)
        #expect(result.status == status)
        #expect(result.complaint.contains(complaint), "\(result.complaint)")
        #expect(result.output.isEmpty)
    }
}
