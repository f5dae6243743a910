import RedisLab
import SessionStore
import Testing

@testable import ParlorServer

/// A server with Redis, and Redis away.
@Suite("With Redis", .serialized) struct RedisTests {
    /// What a server is told that keeps everything in this Redis.
    private func setup(_ redis: RedisServer, data: String = DataPlace.memoryName, deadline: String = "500ms")
        -> ServerSetup
    {
        let url = "redis://\(redis.host):\(redis.port)"
        return ServerSetup(flags: [.redisURL: url, .data: data, .redisDeadline: deadline])
    }

    /// Plays the next free square of a row by row game, and returns when both have seen it.
    private func move(_ index: Int, _ pair: (Guest, Guest)) async throws {
        let (guest, other) = index % 2 == 0 ? pair : (pair.1, pair.0)
        try await guest.move(#"{"row":\#(index / 3),"col":\#(index % 3)}"#, id: "\(index)")
        let result = try await guest.skip(to: "make_move_result")
        #expect(result["success"] == true, "\(result)")
        try await other.skip(to: "game_state") { $0.data["view"]?["board"]?[index / 3]?[index % 3] != "" }
    }

    private func board(_ guest: Guest) async throws -> JSON? {
        try await guest.skip(to: "game_state").data["view"]?["board"]
    }

    /// `/health`, once it says this of Redis.
    private func health(_ server: TestServer, until isWanted: (JSON) -> Bool) async throws -> JSON {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            let health = try await server.get("/health").json
            guard let redis = health["store"]?["redis"] else { throw TestFailure("no Redis in \(health)") }
            if isWanted(redis) { return health }
            try #require(ContinuousClock.now < end, "\(health)")
        }
    }

    @Test func `rooms and seats outlive a server that keeps nothing itself`() async throws {
        try await RedisServer.with { redis in
            var first: Guest?
            try await TestServer.run(setup(redis)) { server in
                let pair = try await server.pair("tictactoe")
                first = pair.0
                try await move(0, pair)
                try await move(1, pair)
            }
            try await TestServer.run(setup(redis)) { server in
                let guest = try #require(first)
                let (again, result) = try await server.comeBack(guest.clientId, to: guest.room)
                #expect(result["success"] == true)
                #expect(try await board(again) == [["X", "O", ""], ["", "", ""], ["", "", ""]])
            }
        }
    }

    @Test func `health tells how Redis and both connections are`() async throws {
        try await RedisServer.with { redis in
            let folder = try ScratchFolder()
            try await TestServer.run(setup(redis, data: folder.path + "/data")) { server in
                let health = try await health(server) {
                    $0["state"] == "healthy" && $0["subscriptions"]?["channels"] == 1
                }
                #expect(health["status"] == "healthy")
                let store = try #require(health["store"]?["redis"])
                #expect(store["status"] == "up")
                #expect(store["switches"] == 0)
                #expect(store["owedRooms"] == 0)
                #expect(store["commands"]?["phase"] == "ready")
                #expect(store["subscriptions"]?["phase"] == "ready")
                #expect(health["store"]?["sqlite"]?["status"] == "up")
            }
        }
    }

    @Test func `nobody notices that Redis is killed and comes back`() async throws {
        try await RedisServer.with { redis in
            let folder = try ScratchFolder()
            try await TestServer.run(setup(redis, data: folder.path + "/data")) { server in
                _ = try await health(server) { $0["state"] == "healthy" }
                let pair = try await server.pair("tictactoe")
                try await move(0, pair)
                try await redis.kill()
                try await move(1, pair)
                let away = try await health(server) { $0["state"] == "degraded" }
                #expect(away["status"] == "degraded")
                #expect(away["store"]?["redis"]?["owedRooms"] == 1)
                // Who comes now is let in, and who comes back too.
                let others = try await server.pair("tictactoe")
                try await move(0, others)
                let (again, result) = try await server.comeBack(pair.0.clientId, to: pair.0.room)
                #expect(result["success"] == true)
                let now = (again, pair.1)
                try await move(2, now)
                try await redis.restart()
                let back = try await health(server) { $0["state"] == "healthy" && $0["owedRooms"] == 0 }
                #expect(back["store"]?["redis"]?["switches"] == 1)
                #expect(back["store"]?["redis"]?["owedSessions"] == 0)
                try await move(3, now)
                try await move(1, others)
                for room in [now.0.room, others.0.room] {
                    #expect(try redis.command("EXISTS", "parlor:room:{\(room)}").integer == 1)
                }
            }
        }
    }

    @Test func `a hung Redis costs one deadline`() async throws {
        try await RedisServer.with { redis in
            let folder = try ScratchFolder()
            try await TestServer.run(setup(redis, data: folder.path + "/data", deadline: "200ms")) { server in
                _ = try await health(server) { $0["state"] == "healthy" }
                let pair = try await server.pair("tictactoe")
                try await redis.pause()
                let start = ContinuousClock.now
                try await move(0, pair)
                #expect(start.duration(to: .now) < .milliseconds(1000))
                try await move(1, pair)
                try await redis.resume()
                _ = try await health(server) { $0["state"] == "healthy" && $0["owedRooms"] == 0 }
                try await move(2, pair)
            }
        }
    }

    @Test func `a server that is started while Redis is away has what it was told while it was away`() async throws {
        try await RedisServer.with { redis in
            let folder = try ScratchFolder()
            let setup = setup(redis, data: folder.path + "/data")
            var (first, second): (Guest?, Guest?)
            try await TestServer.run(setup) { server in
                _ = try await health(server) { $0["state"] == "healthy" }
                let pair = try await server.pair("tictactoe")
                try await move(0, pair)
                try await redis.kill()
                try await move(1, pair)
                (first, second) = pair
            }
            try await TestServer.run(setup) { server in
                let (one, two) = (try #require(first), try #require(second))
                let (again, result) = try await server.comeBack(one.clientId, to: one.room)
                #expect(result["success"] == true)
                #expect(try await board(again) == [["X", "O", ""], ["", "", ""], ["", "", ""]])
                let (other, _) = try await server.comeBack(two.clientId, to: two.room)
                try await move(2, (again, other))
                try await redis.restart()
                _ = try await health(server) { $0["state"] == "healthy" && $0["owedRooms"] == 0 }
                try await move(3, (again, other))
            }
            // And the next one has it from Redis.
            try await TestServer.run(self.setup(redis)) { server in
                let guest = try #require(first)
                let (again, result) = try await server.comeBack(guest.clientId, to: guest.room)
                #expect(result["success"] == true)
                #expect(try await board(again) == [["X", "O", "X"], ["O", "", ""], ["", "", ""]])
            }
        }
    }

    @Test func `what Redis lost is written again`() async throws {
        try await RedisServer.with { redis in
            let folder = try ScratchFolder()
            try await TestServer.run(setup(redis, data: folder.path + "/data")) { server in
                _ = try await health(server) { $0["state"] == "healthy" }
                let (played, idle) = (try await server.pair("tictactoe"), try await server.host("dice"))
                try await move(0, played)
                _ = try redis.command("FLUSHALL")
                try await move(1, played)
                let names =
                    [played.0.room, idle.room].map { "parlor:room:{\($0)}" }
                    + [played.0, played.1, idle].map {
                        "parlor:session:\(ClientID(untrusted: $0.clientId)?.key.rawValue ?? "")"
                    }
                let end = ContinuousClock.now + .seconds(20)
                while try redis.command(["EXISTS"] + names).integer != names.count {
                    try #require(ContinuousClock.now < end)
                }
            }
        }
    }
}

private struct TestFailure: Error {
    let description: String
    init(_ description: String) { self.description = description }
}
