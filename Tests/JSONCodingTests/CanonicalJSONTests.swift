import Foundation
import Testing

@testable import JSONCoding

@Suite struct CanonicalJSONTests {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
    }

    /// Everything that Swift writes by itself.
    struct Sample: Codable, Equatable {
        enum Kind: String, Codable { case plain, odd }
        enum Shape: Codable, Equatable {
            case point
            case circle(radius: Int, at: [Int])
            case label(String?)
        }

        var flag = true
        var int = Int.min
        var unsigned = UInt64.max
        var small: [Int8] = [-128, 0, 9, 10, 127]
        var narrow: [UInt16] = [0, 65535]
        var double = 0.1
        var doubles = [0, -0.0, 1, 1e16, 1e100, .leastNonzeroMagnitude, .pi, .greatestFiniteMagnitude]
        var float: Float = 0.1
        var text = "plain"
        var texts = ["", "\"\\/", "\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}", "é漢🏓", "\u{2028}"]
        var absent: Int?
        var present: Int? = 3
        var gaps: [Int?] = [1, nil, 3]
        var nested: [[String]] = [[], ["a"], []]
        var kind = Kind.odd
        var shapes: [Shape] = [.point, .circle(radius: 2, at: [1, 2]), .label(nil), .label("x")]
        var duration = Duration.milliseconds(-1500)
        var empty = Empty()
        var keyed = ["one": 1]
    }

    struct Empty: Codable, Equatable {}

    @Test func `Foundation reads the value back, and reads the same as from its own`() throws {
        let sample = Sample()
        let ours = try CanonicalJSON.encode(sample)
        #expect(try JSONDecoder().decode(Sample.self, from: Data(ours)) == sample)
        #expect(try JSONReader.decode(Sample.self, from: ours) == sample)
        #expect(try #require(try JSONScanner.members(of: ours[...])).count == 18)

        let theirs = try JSONSerialization.jsonObject(with: JSONEncoder().encode(sample)) as? NSDictionary
        let read = try JSONSerialization.jsonObject(with: Data(ours)) as? NSDictionary
        #expect(read == theirs)
    }

    @Test func `members come in the order of their declaration`() throws {
        struct Point: Encodable {
            var y = 1
            var x: Int?
            var a = [true, false]
        }
        #expect(try Self.text(Point()) == #"{"y":1,"a":[true,false]}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\t\u{0}\u{1f}", #""\n\u0009\u0000\u001f""#),
        ("\u{7f}é🏓", "\"\u{7f}é🏓\""),
    ])
    func `strings are escaped where they must be`(string: String, text: String) throws {
        #expect(try Self.text(string) == text)
        #expect(JSONScanner.string(ArraySlice(text.utf8)) == string)
    }

    @Test func `a value nested 64 levels deep is written, a deeper one refused`() throws {
        struct Nest: Encodable {
            let depth: Int

            func encode(to encoder: any Encoder) throws {
                guard depth > 0 else { return try true.encode(to: encoder) }
                if depth.isMultiple(of: 3) {
                    var list = encoder.unkeyedContainer()
                    try list.encode(Nest(depth: depth - 1))
                } else {
                    var object = encoder.container(keyedBy: Key.self)
                    try object.encode(Nest(depth: depth - 1), forKey: .a)
                }
            }

            enum Key: String, CodingKey { case a }
        }
        let text = try Self.text(Nest(depth: 64))
        #expect(text.filter { "[{".contains($0) }.count == 64)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(Nest(depth: 65)) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(Nest(depth: 200)) }
    }

    @Test func `whole numbers are written in full`() throws {
        #expect(
            try Self.text([Int.min, -10, -1, 0, 9, 10, .max])
                == "[-9223372036854775808,-10,-1,0,9,10,9223372036854775807]")
        #expect(try Self.text([UInt64.max]) == "[18446744073709551615]")
        #expect(try Self.text([Int8.min, 0, 9, .max]) == "[-128,0,9,127]")
        #expect(try Self.text([UInt8.max]) == "[255]")
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `a number that JSON does not have is an error`(number: Double) {
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(number) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode([number]) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(["x": number]) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(Float(number)) }
    }

    @Test func `values at the top need no container`() throws {
        #expect(try Self.text(3) == "3")
        #expect(try Self.text(Int?.none) == "null")
        #expect(try Self.text([Int]()) == "[]")
        #expect(try Self.text(Empty()) == "{}")
        #expect(try Self.text([Empty(), Empty()]) == "[{},{}]")
        #expect(try Self.text(Silent()) == "{}")
        #expect(try Self.text([[Silent()], []]) == "[[{}],[]]")
    }

    /// Writes nothing at all.
    struct Silent: Encodable {
        func encode(to encoder: any Encoder) {}
    }
}

/// Types that write themselves by hand.
@Suite struct HandWrittenEncodingTests {
    enum Key: String, CodingKey { case a, b, c }

    struct Nesting: Encodable {
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: Key.self)
            var list = outer.nestedUnkeyedContainer(forKey: .a)
            try list.encode(1)
            var inner = list.nestedContainer(keyedBy: Key.self)
            try inner.encode("x", forKey: .b)
            var deepest = list.nestedUnkeyedContainer()
            try deepest.encodeNil()
            try list.encode(true)
            #expect(list.count == 4)
            var object = outer.nestedContainer(keyedBy: Key.self, forKey: .b)
            try object.encodeNil(forKey: .a)
            try object.encode(2.5, forKey: .c)
            try outer.encode([UInt8(7)], forKey: .c)
        }
    }

    @Test func `containers close when the one around them goes on`() throws {
        #expect(try CanonicalJSONTests.text(Nesting()) == #"{"a":[1,{"b":"x"},[null],true],"b":{"c":2.5},"c":[7]}"#)
    }

    /// Writes its members among another's.
    struct Flat: Encodable {
        struct Base: Encodable {
            var a = 1
            var b = [2]
        }

        func encode(to encoder: any Encoder) throws {
            try Base().encode(to: encoder)
            var box = encoder.container(keyedBy: Key.self)
            try box.encode(3, forKey: .c)
        }
    }

    @Test func `who asks for the container again means the same one`() throws {
        #expect(try CanonicalJSONTests.text([Flat(), Flat()]) == #"[{"a":1,"b":[2],"c":3},{"a":1,"b":[2],"c":3}]"#)
    }

    class Parent: Encodable {
        var a = 1
    }

    final class Child: Parent {
        override func encode(to encoder: any Encoder) throws {
            var box = encoder.container(keyedBy: Key.self)
            try super.encode(to: box.superEncoder())
            try super.encode(to: box.superEncoder(forKey: .b))
            try box.encode(2, forKey: .c)
        }
    }

    @Test func `a subclass keeps what its superclass writes apart`() throws {
        #expect(try CanonicalJSONTests.text(Child()) == #"{"super":{"a":1},"b":{"a":1},"c":2}"#)
    }
}
