import Testing

@testable import ParlorServer

/// A message that cannot be read, and what it is answered.
struct Unreadable: Sendable, CustomTestStringConvertible {
    let message: String
    var type = "error"
    var code = "bad_message"
    var field: String?

    var testDescription: String { String(message.prefix(80)) }

    static func join(_ data: String, _ field: String?) -> Self {
        Unreadable(
            message: #"{"type":"join_room","gameType":"dice","data":\#(data)}"#, type: "join_room_result",
            field: field)
    }

    static func named(_ type: String, _ data: String, _ field: String) -> Self {
        Unreadable(message: #"{"type":"\#(type)","data":\#(data)}"#, type: "\(type)_result", field: field)
    }

    static func json(_ message: String) -> Self { Unreadable(message: message, code: "bad_json") }
    static func envelope(_ message: String, _ field: String?) -> Self { Unreadable(message: message, field: field) }

    static let json: [Self] = [
        "", "{", "nonsense", "{]", #"{"type":"ping",}"#, #"{"type":'ping'}"#, "{\"type\":\"pi\nng\"}",
        #"{"type":"\q"}"#,
        #"{"type":"ping"} x"#, #"{"type":"ping","data":{"a":01}}"#, #"{"type":"ping","data":{"a":NaN}}"#,
        #"{"type":"ping","data":"# + String(repeating: "[", count: 10_000),
        String(repeating: "[", count: 8000) + String(repeating: "]", count: 8000),
        #"{"type":"ping","data":"# + String(repeating: #"{"a":"#, count: 2500) + "1"
            + String(repeating: "}", count: 2500)
            + "}",
    ].map(json)

    static let envelopes: [Self] = [
        envelope("[]", nil), envelope("7", nil), envelope(#""ping""#, nil), envelope("null", nil),
        envelope("{}", "type"), envelope(#"{"type":7}"#, "type"), envelope(#"{"type":null}"#, "type"),
        envelope(#"{"type":"ping","id":""}"#, "id"), envelope(#"{"type":"ping","id":-1}"#, "id"),
        envelope(#"{"type":"ping","id":1.5}"#, "id"), envelope(#"{"type":"ping","id":9007199254740992}"#, "id"),
        envelope(#"{"type":"ping","id":true}"#, "id"), envelope(#"{"type":"ping","id":"é"}"#, "id"),
        envelope(#"{"type":"ping","id":"a\tb"}"#, "id"), envelope(#"{"type":"ping","id":{}}"#, "id"),
        envelope(#"{"type":"ping","id":"\#(String(repeating: "x", count: 65))"}"#, "id"),
        envelope(#"{"type":"ping","gameType":1}"#, "gameType"), envelope(#"{"type":"ping","roomId":1}"#, "roomId"),
        envelope(#"{"type":"ping","data":[]}"#, "data"), envelope(#"{"type":"ping","data":"x"}"#, "data"),
        envelope(#"{"type":"ping","data":{"x":"\#(String(repeating: "x", count: 250))"}}"#, "data"),
        envelope(#"{"type":"ping","type":"ping"}"#, "type"),
        envelope(#"{"type":"ping","data":{"deep":{"again":1,"again":2}}}"#, "again"),
        Unreadable(message: #"{"type":"fly"}"#, code: "unknown_type"),
        Unreadable(message: #"{"type":"welcome"}"#, code: "unknown_type"),
        Unreadable(message: #"{"type":"PING"}"#, code: "unknown_type"),
    ]

    static let joins: [Self] = [
        join(#"{"name":7}"#, "name"), join(#"{"name":""}"#, "name"), join(#"{"name":"   "}"#, "name"),
        join(#"{"name":"\#(String(repeating: "n", count: 33))"}"#, "name"),
        join(#"{"name":"\#(String(repeating: "👩‍👩‍👧‍👦", count: 6))"}"#, "name"),
        join(#"{"name":"a\u0007b"}"#, "name"), join(#"{"name":"a\u202eb"}"#, "name"),
        join(#"{"name":"a\u200bb"}"#, "name"), join(#"{"name":"a\nb"}"#, "name"),
        join(#"{"as":"king"}"#, "as"), join(#"{"as":1}"#, "as"),
        join(#"{"seat":-1}"#, "seat"), join(#"{"seat":"0"}"#, "seat"), join(#"{"seat":0.5}"#, "seat"),
        join(#"{"seat":1000}"#, "seat"), join(#"{"seat":99999999999999999999999999}"#, "seat"),
        join(#"{"create":1}"#, "create"), join(#"{"create":"true"}"#, "create"),
        join(#"{"visibility":"secret"}"#, "visibility"), join(#"{"visibility":false}"#, "visibility"),
        join(#"{"options":[]}"#, "options"), join(#"{"options":1}"#, "options"),
        join(#"{"options":{"x":"\#(String(repeating: "x", count: 4096))"}}"#, "options"),
        join(#"{"sync":"some"}"#, "sync"), join(#"{"sync":1}"#, "sync"), join(#"{"token":1}"#, "token"),
        join(#"{"history":-1}"#, "history"), join(#"{"history":51}"#, "history"),
        join(#"{"history":"all"}"#, "history"),
        Unreadable(message: #"{"type":"join_room","data":7}"#, type: "join_room_result", field: "data"),
    ]

    static let others: [Self] = [
        named("authenticate", "{}", "token"), named("authenticate", #"{"token":1}"#, "token"),
        named("refresh_token", "{}", "token"), named("refresh_token", #"{"token":null}"#, "token"),
        named("reconnect", "{}", "clientId"), named("reconnect", #"{"clientId":1}"#, "clientId"),
        named("reconnect", #"{"clientId":"x","sync":"x"}"#, "sync"),
        named("reconnect", #"{"clientId":"x","lastSeq":-1}"#, "lastSeq"),
        named("reconnect", #"{"clientId":"x","lastSeq":18446744073709551616}"#, "lastSeq"),
        named("reconnect", #"{"clientId":"x","lastVersion":"1"}"#, "lastVersion"),
        named("reconnect", #"{"clientId":"x","lastEpoch":1e9999}"#, "lastEpoch"),
        named("ready", #"{"ready":1}"#, "ready"), named("ready", #"{"ready":null}"#, "ready"),
        named("add_bot", #"{"level":0}"#, "level"), named("add_bot", #"{"level":4}"#, "level"),
        named("add_bot", #"{"level":"2"}"#, "level"), named("add_bot", #"{"seat":"1"}"#, "seat"),
        named("remove_bot", #"{"seat":-1}"#, "seat"), named("kick", "{}", "seat"),
        named("kick", #"{"seat":null}"#, "seat"),
        named("chat", "{}", "text"), named("chat", #"{"text":7}"#, "text"), named("chat", #"{"text":" "}"#, "text"),
        named("chat", #"{"text":"\#(String(repeating: "c", count: 501))"}"#, "text"),
        named("chat", #"{"text":"a\u0000b"}"#, "text"), named("chat", #"{"text":"a\u2028b"}"#, "text"),
        Unreadable(message: #"{"type":"make_move"}"#, type: "make_move_result", field: "data"),
        Unreadable(message: #"{"type":"make_move","data":[1]}"#, type: "make_move_result", field: "data"),
    ]
}

@Suite(.serialized) struct `Messages that cannot be read` {
    @Test(arguments: Unreadable.json) func `What is not JSON is answered with bad_json`(_ bad: Unreadable) async throws
    {
        try await expectAnswer(to: bad)
    }

    @Test(arguments: Unreadable.envelopes) func `An envelope out of form names its field`(_ bad: Unreadable)
        async throws
    {
        try await expectAnswer(to: bad)
    }

    @Test(arguments: Unreadable.joins) func `A join out of form names its field`(_ bad: Unreadable) async throws {
        try await expectAnswer(to: bad)
    }

    @Test(arguments: Unreadable.others) func `Every other request out of form names its field`(
        _ bad: Unreadable
    ) async throws {
        try await expectAnswer(to: bad)
    }

    @Test func `Ids come back as they were: a number is not its text`() async throws {
        try await withServer(flags: [.threads: "1"]) { server in
            let guest = try await server.guest()
            for id in ["7", #""7""#, "0", "9007199254740991", #"" ~""#, #""\#(String(repeating: "x", count: 64))""#] {
                let pong = try await guest.ask(#"{"type":"ping","id":\#(id)}"#, "pong")
                #expect(try pong["id"] == JSON(id))
                let refused = try await guest.ask(#"{"type":"chat","id":\#(id)}"#, "chat_result")
                #expect(try refused["id"] == JSON(id))
            }
        }
    }

    @Test func `Unknown keys mean nothing, wherever they stand`() async throws {
        try await withServer(flags: [.threads: "1"]) { server in
            let guest = try await server.guest()
            let pong = try await guest.ask(#"{"x":[1,{"y":null}],"data":{"n":1},"type":"ping","z":0}"#, "pong")
            #expect(pong.data["n"] == 1)
            #expect(pong.data["serverTime"]?.int ?? 0 > 1_700_000_000_000)
        }
    }

    private func expectAnswer(to bad: Unreadable) async throws {
        try await withServer(flags: [.threads: "1"]) { server in
            let guest = try await server.guest()
            try await guest.send(bad.message)
            let answer = try await guest.expect(bad.type)
            #expect(answer.code == bad.code)
            #expect(answer["success"] == false)
            #expect(answer["error"]?["retryable"] == false)
            #expect(answer["error"]?["message"]?.string?.isEmpty == false)
            #expect(answer["error"]?["details"]?["field"]?.string == bad.field)
            try await guest.client.expectQuiet()
        }
    }
}
