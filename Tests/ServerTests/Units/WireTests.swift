import RoomEngine
import Testing

@testable import ParlorServer

@Suite struct MessageIDTests {
    @Test(arguments: ["7", #""7""#, "0", "9007199254740991", #""a b~!""#, #""\#(String(repeating: "x", count: 64))""#])
    func `an id is echoed as it was given`(json: String) throws {
        var echo: [UInt8] = []
        try #require(MessageID(bytes(json)[...])).write(to: &echo)
        #expect(text(echo) == json)
    }

    @Test(arguments: [
        "-1", "1.0", "1e3", "9007199254740992", "18446744073709551616", "null", "true", "{}", "[]", #""""#,
        #""\#(String(repeating: "x", count: 65))""#, #""é""#, #""a\nb""#, #""\u007f""#,
    ])
    func `what is no id is none`(json: String) {
        #expect(MessageID(bytes(json)[...]) == nil)
    }

    @Test func `a number and the text of it differ`() {
        #expect(MessageID.number(7) != .text("7"))
        #expect(MessageID.number(7).digest != MessageID.text("7").digest)
        #expect(MessageID.text("7").digest == MessageID.text("7").digest)
    }
}

@Suite struct JSONObjectTests {
    @Test func `members are written in order, and nil is left out`() {
        var object = JSONObject()
        #expect(text(object.closed()) == "{}")
        object.set("a", nil as String?)
        object.set("b", nil as Int?)
        object.set("c", nil as Bool?)
        object.set("d", nil as MessageID?)
        object.set("e", json: nil as [UInt8]?)
        #expect(text(object.closed()) == "{}")
        object.set("text", "a\"\\\n\u{1}é")
        object.set("number", Int64.min)
        object.set("flag", false)
        object.set("id", MessageID.number(3))
        object.set("null", null: ())
        object.set("list", array: [bytes("1"), bytes("{}")])
        object.set("none", array: [])
        object.set("objects", [1, 2]) { number, object in object.set("n", number) }
        object.set("object", object: { $0.set("x", true) })
        #expect(
            text(object.closed())
                == #"{"text":"a\"\\\n\u0001é","number":-9223372036854775808,"flag":false,"id":3,"null":null,"#
                + #""list":[1,{}],"none":[],"objects":[{"n":1},{"n":2}],"object":{"x":true}}"#)
    }

    @Test func `what is written in between is had as text, and follows in another object`() {
        var (first, second) = (JSONObject(), JSONObject())
        #expect(first.members { _ in } == [])
        let alone = first.members { $0.set("a", 1) }
        let behind = first.members { object in
            object.set("b", object: { _ in })
            object.set("c", [1, 2]) { _, _ in }
        }
        #expect(text(first.closed()) == #"{"a":1,"b":{},"c":[{},{}]}"#)
        second.append(members: [])
        second.append(members: alone)
        second.append(members: behind)
        #expect(text(second.closed()) == #"{"a":1,"b":{},"c":[{},{}]}"#)
    }
}

@Suite struct TextTests {
    @Test(arguments: [
        ("Ann", "Ann"), ("  Ann \n", "Ann"), ("Ann Lee", "Ann Lee"), ("e\u{301}", "\u{e9}"), ("Łukasz 🎲", "Łukasz 🎲"),
        ("אבג", "אבג"), (String(repeating: "x", count: 32), String(repeating: "x", count: 32)),
        (String(repeating: "🎲", count: 32), String(repeating: "🎲", count: 32)),
    ])
    func `a name is shown composed and trimmed`(name: String, shown: String) throws {
        #expect(Array(try PlayerName.check(name).unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test(arguments: [
        "", " ", "\n\t", String(repeating: "x", count: 33), "x" + String(repeating: "\u{301}\u{302}", count: 40),
        "a\u{0}b",
        "a\u{7}b", "a\nb", "a\tb", "a\u{7f}b", "a\u{85}b", "a\u{200e}b", "a\u{202e}b", "a\u{2028}b", "a\u{2029}b",
        "a\u{200b}b", "a\u{200d}b", "a\u{feff}b", "a\u{ad}b", "a\u{e000}b", "a\u{ffff}b", "a\u{2066}b",
    ])
    func `what is no name is refused`(name: String) {
        let problem = #expect(throws: Problem.self) { _ = try PlayerName.check(name) }
        #expect(problem?.code == .badMessage)
        #expect(problem?.field == "name")
    }

    @Test(arguments: [
        ("hi", "hi"), (" hi\nthere \n", "hi\nthere"), ("e\u{301}", "\u{e9}"),
        (String(repeating: "x", count: 500), String(repeating: "x", count: 500)),
        (String(repeating: "🎲", count: 500), String(repeating: "🎲", count: 500)),
    ])
    func `a chat line may have line ends`(line: String, shown: String) throws {
        #expect(Array(try ChatText.check(line).unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test(arguments: [
        "", "\n", String(repeating: "x", count: 501), "a\u{202e}b", "a\rb", "a\tb", "a\u{0}b", "a\u{2028}b",
    ])
    func `what is no chat line is refused`(line: String) {
        let problem = #expect(throws: Problem.self) { _ = try ChatText.check(line) }
        #expect(problem?.code == .badMessage)
        #expect(problem?.field == "text")
    }
}
