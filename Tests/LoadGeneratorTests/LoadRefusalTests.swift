import NIOCore
import Testing

@testable import LoadGenerator

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
