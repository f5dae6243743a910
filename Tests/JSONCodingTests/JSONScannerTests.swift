import Foundation
import Testing

@testable import JSONCoding

@Suite struct JSONScannerTests {
    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func members(_ text: String) throws(JSONFault) -> [String]? {
        try JSONScanner.members(of: ArraySlice(text.utf8))?.map { "\($0.key)=\(Self.text($0.value))" }
    }

    @Test(arguments: [
        ("{}", []), (" \t\r\n{ } ", []),
        (#"{"a":1}"#, ["a=1"]),
        (#" { "a" : 1 , "b" : "x" } "#, ["a=1", #"b="x""#]),
        (#"{"a":{"b":[1,{"c":null}]},"d":[]}"#, [#"a={"b":[1,{"c":null}]}"#, "d=[]"]),
        (#"{"a":-0,"b":0.5,"c":1e5,"d":-1.25E-3,"e":10}"#, ["a=-0", "b=0.5", "c=1e5", "d=-1.25E-3", "e=10"]),
        (#"{"a":1e999999,"b":123456789012345678901234567890}"#, ["a=1e999999", "b=123456789012345678901234567890"]),
        (#"{"":true,"\u0061\n":false}"#, ["=true", "a\n=false"]),
        (#"{"a":"\ud83c\udfd3","\ud83c\udfd3":"é🏓"}"#, [#"a="\ud83c\udfd3""#, #"🏓="é🏓""#]),
        (#"{"a":{"x":1},"b":{"x":1}}"#, [#"a={"x":1}"#, #"b={"x":1}"#]),
    ])
    func `cuts an object into its members`(text: String, members: [String]) throws {
        #expect(try Self.members(text) == members)
    }

    @Test(arguments: ["[]", "3", "-0.5e2", "true", "null", #""{}""#, #" [ 1 , [ ] , { "a" : 1 } ] "#])
    func `what is no object has no members`(text: String) throws {
        #expect(try Self.members(text) == nil)
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("{", 1), ("}", 0), ("[", 1), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), (#"{"a"}"#, 4),
        (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{,}"#, 1), (#"{a:1}"#, 1), (#"{'a':1}"#, 1), (#"{"a":1}x"#, 7),
        ("{}{}", 2),
        (#"{"a" 1}"#, 5), (#"{1:1}"#, 1), ("01", 1), ("-", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1e", 2), ("1e+", 3),
        ("--1", 1), ("NaN", 0), ("Infinity", 0), ("0x10", 1), ("tru", 3), ("True", 0), ("nulll", 4), ("undefined", 0),
        (#"""#, 1), (#""a"#, 2), (#""\x""#, 2), (#""\u12""#, 5), (#""\u12g4""#, 5), ("\"\n\"", 1), ("\"\u{0}\"", 1),
        (#""\ud800""#, 7), (#""\ud800x""#, 7), (#""\ud800\n""#, 8), (#""\ud800\ud800""#, 13), (#""\udc00""#, 7),
        ("/**/{}", 0), ("{}//", 2), ("\u{feff}{}", 0), ("{\u{a0}}", 1), ("\u{c}1", 0), (#""\"#, 2),
    ])
    func `refuses what is no JSON, and says where`(text: String, offset: Int) {
        #expect(throws: JSONFault.malformed(offset: offset)) { try Self.members(text) }
    }

    /// Foundation is more lenient; whatever this scanner takes it must take too.
    @Test(arguments: [
        "{}", #"{"a":[1,2.5,-0,1e5,"\ud83c\udfd3\/\b",true,null,{}]}"#, "[[[]]]", #""\u0000""#, "-1.5E+3",
    ])
    func `what it reads Foundation reads`(text: String) throws {
        _ = try Self.members(text)
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }

    @Test(arguments: [
        (#"{"a":1,"a":1}"#, "a"), (#"{"a":1,"\u0061":1}"#, "a"), (#"{"x":{"b":1,"c":2,"b":3}}"#, "b"),
        (#"[{"":1,"":2}]"#, ""), (#"{"x":[1,{"k":{},"k":[]}]}"#, "k"),
    ])
    func `refuses a key twice in one object, however written and however deep`(text: String, key: String) {
        #expect(throws: JSONFault.duplicateKey(key)) { try Self.members(text) }
    }

    @Test(arguments: [2, 12, 13, 14, 500])
    func `finds the key that comes twice among many`(count: Int) {
        let keys = (0..<count).map { "\"k\($0)\":0" }
        #expect(throws: Never.self) { try Self.members("{\(keys.joined(separator: ","))}") }
        for again in [0, count / 2, count - 1] {
            let text = "{\((keys + [keys[again]]).joined(separator: ","))}"
            #expect(throws: JSONFault.duplicateKey("k\(again)")) { try Self.members(text) }
        }
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")])
    func `goes 32 containers deep and no deeper`(open: String, close: String) throws {
        let step = open.hasPrefix("[{") ? 2 : 1
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth / step) + "0" + String(repeating: close, count: depth / step)
        }
        #expect(throws: Never.self) { try Self.members(nested(32)) }
        #expect(throws: JSONFault.tooDeep) { try Self.members(nested(34)) }
        #expect(throws: JSONFault.tooDeep) { try Self.members(String(repeating: open, count: 100_000)) }
        if step == 1 { #expect(throws: JSONFault.tooDeep) { try Self.members(nested(33)) } }
    }

    @Test func `values are slices of the text, wherever it lies`() throws {
        let buffer = Array(#"xx{"a":[1],"b":"\u0041"}yy"#.utf8)
        let members = try #require(try JSONScanner.members(of: buffer[2..<buffer.count - 2]))
        #expect(members.map { Self.text($0.value) } == ["[1]", #""\u0041""#])
        #expect(members[0].value.startIndex == 7)
        #expect(JSONScanner.string(members[1].value) == "A")
        #expect(throws: JSONFault.malformed(offset: 1)) { try JSONScanner.members(of: buffer[2..<3]) }
    }

    @Test(arguments: [
        (#""""#, ""), (#""\"\\\/\b\f\n\r\t\u0041""#, "\"\\/\u{8}\u{c}\n\r\tA"), (#""a\ud83c\udfd3b""#, "a🏓b"),
        ("\"é漢\"", "é漢"), (#""é\u00e9""#, "éé"), (#""\\u0041""#, "\\u0041"), ("3", nil), ("", nil), (#""a"b"#, nil),
        (#"["a"]"#, nil), (#""\q""#, nil),
    ])
    func `reads a string`(text: String, string: String?) {
        #expect(JSONScanner.string(ArraySlice(text.utf8)) == string)
    }

    @Test func `bytes that are no UTF-8 become the replacement character`() throws {
        let text = [UInt8(ascii: "\""), 0xff, UInt8(ascii: "a"), UInt8(ascii: "\"")]
        #expect(JSONScanner.string(text[...]) == "\u{fffd}a")
    }
}
