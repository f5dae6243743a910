import Testing

@testable import LoadGenerator

@Suite struct MessageTests {
    @Test func `what is looked at, in any order and with space`() {
        let text = """
            { "data": {"a":[1,{"type":"no"},"}"]} , "version":7,"unknown":[[]],"seq" : 3, "epoch":2, "roomId":"r1",
              "success":false,"error":{"message":"a \\" quote","code":"room_full"},"id":12,"type":"game_state"}
            """
        withMessage(text) { message in
            #expect(message?.kind == .state)
            #expect(message?.id == 12)
            #expect(message?.epoch == 2)
            #expect(message?.seq == 3)
            #expect(message?.version == 7)
            #expect(message?.isRefusal == true)
            #expect(message?.errorCode?.string == "room_full")
            #expect(message?.room.map { String(decoding: $0, as: UTF8.self) } == "r1")
            #expect(message?.data?["a"].map { String(decoding: $0.bytes, as: UTF8.self) } == #"[1,{"type":"no"},"}"]"#)
        }
    }

    @Test(arguments: [
        ("welcome", Message.Kind.welcome), ("join_room_result", .joinResult), ("make_move_result", .moveResult),
        ("rematch_result", .result), ("game_event", .other), ("result", .other), ("pong", .pong), ("error", .error),
    ])
    func kinds(type: String, kind: Message.Kind) {
        withMessage(#"{"type":"\#(type)"}"#) { #expect($0?.kind == kind) }
    }

    @Test(arguments: [
        "", " ", "{", "{}", "[]", "7", #""type""#, #"{"type":"pong""#, #"{"type":"pong"}}"#, #"{"type":"pong"} x"#,
        #"{"type":"pong",}"#, #"{"type":7}"#, #"{"type":"pong","data":{}"#, #"{"type" "pong"}"#, #"{type:"pong"}"#,
        #"{"type":"pong","data":}"#, #"{"type":"pong\"}"#,
    ])
    func `what is no message`(text: String) {
        withMessage(text) { #expect($0 == nil) }
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), ("-12", -12), ("1795284225209", 1_795_284_225_209), ("", nil), ("-", nil), ("1.5", nil),
            ("1e3", nil), ("\"7\"", nil), ("null", nil), ("1234567890123456789", nil),
        ] as [(String, Int64?)])
    func `whole numbers`(text: String, number: Int64?) {
        Array(text.utf8).withUnsafeBytes { #expect(JSONSlice($0).integer == number) }
    }

    @Test func `members of members`() {
        Array(#"{"view":{"board":[["X",""]],"turn":1},"phase":"playing"}"#.utf8).withUnsafeBytes { bytes in
            let slice = JSONSlice(bytes)
            #expect(slice["view"]?["turn"]?.integer == 1)
            #expect(slice["phase"]?.isString("playing") == true)
            #expect(slice["phase"]?.isString("play") == false)
            #expect(slice["turn"] == nil)
            #expect(slice["view"]?["board"]?["turn"] == nil)
        }
    }
}

/// The bytes of a message live for as long as its call.
func withMessage<Result, Failure>(
    _ text: String, _ body: (Message?) throws(Failure) -> Result
) throws(Failure) -> Result {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(Failure) in
        try body(Message(UnsafeRawBufferPointer(bytes)))
    }
}
