import NIOHTTP1
import Testing

@testable import ParlorServer

@Suite(.serialized) struct `HTTP` {
    @Test func `Live, ready and healthy`() async throws {
        try await withServer { server in
            #expect(try await server.get("/livez").status == 200)
            #expect(try await server.get("/readyz").status == 200)
            let health = try await server.get("/health?deep=1")
            #expect(health.status == 200)
            #expect(health.json["status"] == "healthy")
            #expect(health.json["store"]?["redis"]?["status"] == "off")
            for key in ["timestamp", "uptimeSeconds", "connections", "users", "rooms"] {
                #expect(health.json[key]?.int != nil)
            }
        }
    }

    @Test func `Not ready any more once the server drains`() async throws {
        try await withServer(flags: [.drainSeconds: "1"]) { server in
            let guest = try await server.guest()
            server.stop()
            try await guest.expect("server_draining")
            #expect(try await server.get("/livez").status == 200)
            #expect(try await server.get("/readyz").status == 503)
        }
    }

    @Test func `The figures, as text and as JSON`() async throws {
        try await withServer { server in
            let host = try await server.host("dice")
            let text = try await server.get("/metrics")
            #expect(text.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(text.body.contains("\nparlor_connections 1\n"))
            #expect(text.body.contains(#"parlor_rooms{game="dice"} 1"#))
            #expect(!text.body.contains(host.clientId) && !text.body.contains(host.room))
            let json = try await server.get("/metrics", headers: [("Accept", "application/json")])
            #expect(json.json["parlor_connections"] == 1)
        }
    }

    @Test func `The games`() async throws {
        try await withServer(games: ["pong": #""enabled":false"#]) { server in
            let games = try await server.get("/api/games").json["games"]?.array ?? []
            #expect(games.compactMap { $0["gameType"]?.string } == ["tictactoe", "dice", "owedrahn"])
        }
    }

    @Test func `A list read in pages shows each room that stays exactly once`() async throws {
        try await withServer(flags: [.maxRoomsPerClient: "0"]) { server in
            var guest = try await server.guest()
            var rooms: Set<String> = []
            for _ in 0..<12 {
                _ = try await guest.join(#""gameType":"dice""#, #""create":true"#)
                rooms.insert(guest.room)
            }
            _ = try await guest.join(#""gameType":"dice""#, #""create":true,"visibility":"private""#)
            var (seen, cursor) = ([String](), "")
            while true {
                let page = try await server.get("/api/rooms?gameType=dice&phase=waiting&limit=5" + cursor).json
                seen += page["rooms"]?.array?.compactMap { $0["roomId"]?.string } ?? []
                guard let next = page["next"]?.string else { break }
                cursor = "&cursor=" + next
                // A room that comes meanwhile is newer than the cursor and moves nothing.
                _ = try await guest.join(#""gameType":"dice""#, #""create":true"#)
            }
            #expect(seen.count == 12)
            #expect(Set(seen) == rooms)
        }
    }

    @Test func `A room over HTTP: made once per key, seen, and joined`() async throws {
        try await withServer { server in
            let order = #"{"gameType":"dice","options":{"seats":3}}"#
            let key = [("Idempotency-Key", "k1"), ("Content-Type", "application/json")]
            let made = try await server.http("POST", "/api/rooms", headers: key, body: order)
            #expect(made.status == 201)
            let room = try #require(made.json["roomId"]?.string)
            #expect(made.json["url"]?.string == "/play/dice#room=\(room)")
            #expect(made.headers["location"] == "/api/rooms/\(room)")
            let again = try await server.http("POST", "/api/rooms", headers: key, body: order)
            #expect(again.json["roomId"]?.string == room)
            let other = try await server.http("POST", "/api/rooms", body: order)
            #expect(other.json["roomId"]?.string != room)
            _ = try await server.guest(in: room)
            let seen = try await server.get("/api/rooms/\(room)").json
            #expect(seen["maxSeats"] == 3)
            #expect(seen["seats"]?.array?.count == 1)
        }
    }

    @Test func `A private room is not there for who only asks`() async throws {
        try await withServer { server in
            let host = try await server.host("dice", #""visibility":"private""#)
            #expect(host.room.utf8.count == 22)
            let hidden = try await server.get("/api/rooms/\(host.room)")
            let unknown = try await server.get("/api/rooms/AAAAAAAAAAAAAAAAAAAAAA")
            #expect(hidden.status == 404)
            #expect(hidden.body == unknown.body)
            #expect(try await server.get("/api/rooms").json["rooms"] == [])
        }
    }

    @Test(arguments: [
        ("GET", "/nothing", "", 404, "bad_message"), ("GET", "/api/rooms/nothing", "", 404, "room_not_found"),
        ("GET", "/api/rooms?gameType=chess", "", 404, "unknown_game"),
        ("GET", "/api/rooms?limit=0", "", 400, "bad_message"), ("GET", "/api/rooms?limit=201", "", 400, "bad_message"),
        ("GET", "/api/rooms?phase=x", "", 400, "bad_message"), ("GET", "/api/rooms?cursor=x", "", 400, "bad_message"),
        ("POST", "/api/rooms", "{", 400, "bad_json"), ("POST", "/api/rooms", "{}", 400, "bad_message"),
        ("POST", "/api/rooms", #"{"gameType":"chess"}"#, 404, "unknown_game"),
        ("POST", "/api/rooms", #"{"gameType":"dice","options":{"seats":1}}"#, 400, "bad_options"),
        ("POST", "/api/rooms", #"{"gameType":"dice","visibility":1}"#, 400, "bad_message"),
    ])
    func `A refusal is a problem document`(
        _ method: String, _ path: String, _ body: String, _ status: Int, _ code: String
    ) async throws {
        try await withServer { server in
            let answer = try await server.http(method, path, body: body)
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(answer.json["code"]?.string == code)
            #expect(answer.json["status"]?.int == status)
        }
    }

    @Test(arguments: ["/", "/play/tictactoe", "/parlor.js"]) func `Pages come with their policy`(_ path: String)
        async throws
    {
        try await withServer { server in
            let page = try await server.get(path)
            #expect(page.status == 200)
            #expect(page.headers["content-security-policy"]?.contains("default-src 'self'") == true)
            #expect(page.headers["x-content-type-options"] == "nosniff")
            #expect(!page.body.isEmpty)
            let tag = try #require(page.headers["etag"])
            #expect(try await server.get(path, headers: [("If-None-Match", tag)]).status == 304)
        }
    }
}

@Suite(.serialized) struct `The upgrade` {
    @Test func `The subprotocol is selected when it is offered`() async throws {
        try await withServer { server in
            let offered = try await TestClient.open(
                port: server.port, headers: [("sec-websocket-protocol", "chat, parlor.v1")])
            #expect(offered.headers["sec-websocket-protocol"] == ["parlor.v1"])
            let plain = try await TestClient.open(port: server.port)
            #expect(plain.headers["sec-websocket-protocol"].isEmpty)
        }
    }

    @Test func `The welcome says who is who`() async throws {
        try await withServer(flags: [.nodeID: "n1"]) { server in
            let welcome = try await TestClient.open(port: server.port).expect("welcome")
            #expect(welcome.data["protocol"] == 1)
            #expect(welcome.data["server"]?.string == "parlor/\(Server.version)")
            #expect(welcome.data["nodeId"] == "n1")
            #expect(welcome.data["clientId"]?.string?.utf8.count == 22)
            #expect(welcome.data["heartbeatSeconds"] == 15)
            #expect(welcome.data["maxMessageBytes"] == 16384)
            let pong: JSON = ["gameType": "pong", "name": "Pong", "minSeats": 2, "maxSeats": 2, "tickRate": 60]
            #expect(welcome.data["games"]?[0] == pong)
        }
    }

    @Test(arguments: ["http://evil.example", "null", "https://127.0.0.1"])
    func `A page of another site gets 403`(_ origin: String) async throws {
        try await withServer { server in
            let welcomed = try await server.upgrade(headers: [("Origin", origin)])
            #expect(welcomed.status == 403)
        }
    }

    @Test func `A page of its own, and one of the list, get in`() async throws {
        try await withServer(flags: [.allowedOrigins: "https://*.example.org"]) { server in
            for origin in ["http://127.0.0.1:\(server.port)", "https://a.example.org"] {
                let other = try await server.upgrade(headers: [("Origin", origin)])
                #expect(other.status == 101)
            }
            let local = try await server.upgrade(headers: [("Origin", "https://a.b.example.org")])
            #expect(local.status == 403)
        }
    }

    @Test func `Under another host's name there is nothing: 421`() async throws {
        try await withServer(flags: [.allowedHosts: "play.example"]) { server in
            let last = try await server.upgrade(host: "evil.example")
            #expect(last.status == 421)
            let more = try await server.http("GET", "/", host: "evil.example")
            #expect(more.status == 421)
            for host in ["localhost:\(server.port)", "play.example", "[::1]:80"] {
                let refused = try await server.upgrade(host: host)
                #expect(refused.status == 101)
            }
        }
    }

    @Test func `The game of the address is the one joined when none is named`() async throws {
        try await withServer { server in
            let guest = try await server.guest(path: "/ws?game=dice")
            let joined = try await guest.ask(#"{"type":"join_room"}"#, "join_room_result")
            #expect(joined.data["gameType"] == "dice")
        }
    }
}
