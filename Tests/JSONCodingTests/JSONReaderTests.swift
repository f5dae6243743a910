import Foundation
import Testing

@testable import JSONCoding

@Suite struct JSONReaderTests {
    private static let texts = [
        "", " ", "0", "-0", "1", "-1", "255", "256", "-128", "1.0", "1.5", "1e2", "1E-2", "1e999", "-1e999", "01", "+1",
        ".5", "1.",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "0.1", "1e100", "true", "false", "null", "tru", "\"\"", "\"a\"",
        #""é🏓""#, #""\u00e9\ud83c\udfd3\n\"""#, #""\ud83c""#, "\"a", "[]", "[1]", " [ 1 , 2 ] ", "[1,null]",
        "[\"1\"]",
        "[[1],[2]]", "{}", #"{"a":1}"#, #" { "a" : 1 , "b" : 2 } "#, #"{"a":null}"#, #"{"a":"1"}"#,
        "[1] 2", "nan",
    ]

    /// Both refuse it, or both read the same.
    private func agree<T: Decodable & Equatable>(_ type: T.Type, _ text: String) {
        let theirs = try? JSONDecoder().decode(type, from: Data(text.utf8))
        let ours = try? JSONReader.decode(type, from: text.utf8)
        #expect(ours == theirs, "\(type) of \(text)")
    }

    @Test(arguments: texts) func `a value is read as Foundation reads it`(text: String) {
        agree(Int.self, text)
        agree(Int8.self, text)
        agree(UInt8.self, text)
        agree(UInt64.self, text)
        agree(Int64.self, text)
        agree(Double.self, text)
        agree(Float.self, text)
        agree(Bool.self, text)
        agree(String.self, text)
        agree([Int].self, text)
        agree([Int?].self, text)
        agree([[Int]].self, text)
        agree([String].self, text)
        agree([String: Int].self, text)
        agree(Pair.self, text)
        agree(Int?.self, text)
    }

    @Test(arguments: ["[1,]", #"{"a":1,}"#])
    func `a comma with nothing behind it is no JSON, though Foundation takes it`(
        text: String
    ) {
        #expect(throws: JSONFault.self) { try JSONReader.decode([Int].self, from: text.utf8) }
    }

    private struct Pair: Codable, Equatable {
        var a: Int
        var b: Int?
    }

    /// Takes its list apart by hand, and tries an element again as something else.
    private struct Mixed: Decodable, Equatable {
        var words: [String] = []

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            while !list.isAtEnd {
                if try list.decodeNil() {
                    words.append("nothing")
                } else if let number = try? list.decode(Int.self) {
                    words.append("number \(number)")
                } else if var inner = try? list.nestedUnkeyedContainer() {
                    words.append("list of \(inner.count ?? 0), first \(try inner.decode(Bool.self))")
                } else {
                    words.append(try list.decode(String.self))
                }
            }
        }
    }

    @Test func `what does not fit is still there`() throws {
        let text = #"[null,1,"x",[true,false],2.0]"#
        #expect(
            try JSONReader.decode(Mixed.self, from: text.utf8).words
                == ["nothing", "number 1", "x", "list of 2, first true", "number 2"])
        agree(Mixed.self, text)
    }

    @Test func `a member that stands twice counts for neither`() {
        #expect(throws: JSONFault.duplicateKey("a")) { try JSONReader.decode(Pair.self, from: #"{"a":1,"a":1}"#.utf8) }
    }

    @Test func `what is nested too deeply is not gone into`() {
        let depth = JSONScanner.maxDepth + 1
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(throws: JSONFault.tooDeep) { try JSONReader.decode([Int].self, from: text.utf8) }
    }
}
