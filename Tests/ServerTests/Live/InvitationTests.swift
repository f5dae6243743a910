import Testing

@testable import ParlorServer

@Suite struct `Rooms by invitation` {
    private static func join(_ room: String, token: String? = nil, as role: String = "player") -> String {
        let token = token.map { #","token":"\#($0)""# } ?? ""
        return #"{"type":"join_room","id":"j","roomId":"\#(room)","data":{"as":"\#(role)"\#(token)}}"#
    }

    private static let invited = #""visibility":"invited""#

    @Test func `everybody but the host needs an invitation, which must be for that room`() async throws {
        try await withTokens { server in
            let host = try await server.host("dice", Self.invited)
            let other = try await server.host("dice", Self.invited)
            func answer(_ token: String?, as role: String = "player") async throws -> JSON {
                try await server.guest().ask(Self.join(host.room, token: token, as: role), "join_room_result")
            }
            let refused: [(String?, String)] = [
                (nil, "forbidden"), ("x", "unauthorized"),
                (try Tokens.invitation(["room": #""\#(other.room)""#]), "forbidden"),
                (try Tokens.invitation(["game": #""pong""#]), "forbidden"),
                (try Tokens.invitation(["room": #""\#(host.room)""#, "game": #""pong""#]), "forbidden"),
                (try Tokens.invitation(["role": #""player""#]), "forbidden"),
                (try Tokens.invitation(["room": #""\#(host.room)""#, "role": #""spectator""#]), "forbidden"),
                (try Tokens.invitation(["room": #""\#(host.room)""#, "sub": #""ann""#]), "forbidden"),
                (try Tokens.invitation(["room": #""\#(host.room)""#, "exp": "1"]), "unauthorized"),
            ]
            for (token, code) in refused {
                let answer = try await answer(token)
                #expect(answer.code == code, "\(token ?? "none"): \(answer)")
            }
            #expect(try await answer(nil, as: "spectator").code == "forbidden")
            let watcher = try Tokens.invitation(["room": #""\#(host.room)""#, "role": #""spectator""#])
            #expect(try await answer(watcher, as: "spectator").data["role"] == "spectator")
            let ofGame = try Tokens.invitation(["game": #""dice""#])
            #expect(try await answer(ofGame)["success"] == true)
        }
    }

    @Test func `a room by invitation is found by nobody`() async throws {
        try await withTokens { server in
            let host = try await server.host("dice", Self.invited)
            #expect(host.room.count == 22)
            #expect(try await server.get("/api/rooms").json["rooms"] == [])
            #expect(try await server.get("/api/rooms/\(host.room)").status == 404)
            var guest = try await server.guest()
            _ = try await guest.join(#""gameType":"dice""#)
            #expect(guest.room != host.room)
            let wrong = try await guest.ask(
                #"{"type":"join_room","id":1,"roomId":"\#(host.room)","gameType":"pong"}"#, "join_room_result")
            #expect(wrong.code == "room_not_found")
        }
    }

    @Test func `whoever sits there comes back without one`() async throws {
        try await withTokens { server in
            let host = try await server.host("dice", Self.invited)
            let token = try Tokens.invitation(["room": #""\#(host.room)""#])
            var guest = try await server.guest()
            guest.room = host.room
            #expect(try await guest.ask(Self.join(host.room, token: token), "join_room_result")["success"] == true)
            #expect(try await guest.ask(Self.join(host.room), "join_room_result")["success"] == true)
            try await guest.client.close()
            #expect(try await server.comeBack(guest.clientId, to: host.room).1["success"] == true)
        }
    }

    @Test func `a token for a room counts where none is asked for too`() async throws {
        try await withTokens { server in
            let (dice, pong) = (try await server.host("dice"), try await server.host("pong"))
            let token = try Tokens.invitation(["room": #""\#(dice.room)""#])
            let guest = try await server.guest()
            #expect(try await guest.ask(Self.join(pong.room, token: token), "join_room_result").code == "forbidden")
            let quick = #"{"type":"join_room","id":"q","gameType":"dice","data":{"token":"\#(token)"}}"#
            #expect(try await guest.ask(quick, "join_room_result").code == "forbidden", "it says which room")
            #expect(try await guest.ask(Self.join(dice.room, token: token), "join_room_result")["success"] == true)
        }
    }

    @Test func `whoever comes with a token for a room as a whole is let into that one alone`() async throws {
        try await withTokens("required") { server in
            let host = try await server.user("host")
            let made = try await host.ask(
                #"{"type":"join_room","id":1,"gameType":"dice","data":{\#(Self.invited),"create":true}}"#,
                "join_room_result")
            let room = try #require(made["roomId"]?.string)
            let ann = try await server.user("ann", ["room": #""\#(room)""#])
            let other = #"{"type":"join_room","id":2,"gameType":"dice"}"#
            #expect(try await ann.ask(other, "join_room_result").code == "forbidden")
            #expect(try await ann.ask(Self.join(room), "join_room_result")["success"] == true)
        }
    }

    @Test func `an order over HTTP has no host, so that everybody needs a token`() async throws {
        try await withTokens { server in
            let made = try await server.http(
                "POST", "/api/rooms", body: #"{"gameType":"dice","visibility":"invited"}"#)
            let room = try #require(made.json["roomId"]?.string)
            let guest = try await server.guest()
            #expect(try await guest.ask(Self.join(room), "join_room_result").code == "forbidden")
            let token = try Tokens.invitation(["room": #""\#(room)""#])
            #expect(try await guest.ask(Self.join(room, token: token), "join_room_result")["success"] == true)
        }
    }

    @Test func `an idempotency key finds its owner's orders alone`() async throws {
        try await withTokens { server in
            func order(_ user: String?) async throws -> String? {
                let headers = [("Idempotency-Key", "1")] + (try user.map { Tokens.header(try Tokens.of($0)) } ?? [])
                return try await server.http(
                    "POST", "/api/rooms", headers: headers, body: #"{"gameType":"dice","visibility":"private"}"#
                ).json["roomId"]?.string
            }
            let ann = try #require(try await order("ann"))
            #expect(try await order("ann") == ann)
            #expect(try await order("bob") != ann)
            #expect(try await order(nil) != ann)
        }
    }

    @Test func `a room by invitation is one after a restart too`() async throws {
        let folder = try ScratchFolder()
        var room = ""
        try await withTokens(flags: [.data: folder.path]) { server in
            room = try await server.host("dice", Self.invited).room
        }
        try await withTokens(flags: [.data: folder.path]) { server in
            #expect(try await server.guest().ask(Self.join(room), "join_room_result").code == "forbidden")
            let token = try Tokens.invitation(["room": #""\#(room)""#])
            #expect(
                try await server.guest().ask(Self.join(room, token: token), "join_room_result")["success"] == true)
        }
    }

    @Test func `without keys there are no such rooms`() async throws {
        try await withServer { server in
            let guest = try await server.guest()
            let made = try await guest.ask(
                #"{"type":"join_room","id":1,"gameType":"dice","data":{"create":true,\#(Self.invited)}}"#,
                "join_room_result")
            #expect(made.code == "forbidden")
            let ordered = try await server.http("POST", "/api/rooms", body: #"{"gameType":"dice",\#(Self.invited)}"#)
            #expect(ordered.status == 403)
        }
    }
}
