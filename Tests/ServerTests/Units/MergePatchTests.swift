import Foundation
import GameKitProtocol
import Testing

@testable import ParlorServer

@Suite struct MergePatchTests {
    private static func diff(_ old: String, _ new: String) -> String? {
        MergePatch.diff(from: bytes(old)[...], to: bytes(new)[...]).map { text($0) }
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1}"#, "{}"), ("{}", "{}", "{}"), (#"{"a":1}"#, #"{"a":2}"#, #"{"a":2}"#),
        (#"{"a":1}"#, #"{"a":1,"b":2}"#, #"{"b":2}"#), (#"{"a":1,"b":2}"#, #"{"b":2}"#, #"{"a":null}"#),
        (#"{"a":[1,2]}"#, #"{"a":[1,3]}"#, #"{"a":[1,3]}"#), (#"{"a":"x"}"#, #"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#),
        (#"{"a":{"b":1}}"#, #"{"a":[]}"#, #"{"a":[]}"#),
        (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"b":1,"c":3}}"#, #"{"a":{"c":3}}"#),
        (#"{"a":{"b":1}}"#, #"{"a":{}}"#, #"{"a":{"b":null}}"#), (#"{"a":null}"#, #"{"a":null,"b":1}"#, #"{"b":1}"#),
        (#"{"a":null}"#, "{}", #"{"a":null}"#), (#"{"a":1}"#, #"{"a":[null,{"b":null}]}"#, #"{"a":[null,{"b":null}]}"#),
        (#"{"a\"b":1}"#, #"{"a\"b":2}"#, #"{"a\"b":2}"#),
    ])
    func `a patch says what changed and no more`(old: String, new: String, patch: String) {
        #expect(Self.diff(old, new) == patch)
    }

    @Test(arguments: [
        ("1", "{}"), ("{}", "[]"), ("{}", #"{"a":null}"#), (#"{"a":1}"#, #"{"a":null}"#), ("{}", #"{"a":{"b":null}}"#),
        (#"{"a":{}}"#, #"{"a":{"b":null}}"#), (#"{"a":[]}"#, #"{"a":{"b":{"c":null}}}"#), ("{", "{}"),
    ])
    func `there is no patch to a null, nor of what is no object`(old: String, new: String) {
        #expect(Self.diff(old, new) == nil)
    }

    @Test(arguments: [21, 22] as [UInt64])
    func `a patch applied gives what it was made for`(seed: UInt64) throws {
        var random = seeded(seed)
        for _ in 0..<1000 {
            let (old, new) = (Self.object(3, &random), Self.object(3, &random))
            let patch = try #require(Self.diff(old, new))
            let patched = Self.apply(try Self.parse(patch), to: try Self.parse(old))
            #expect(try NSDictionary(dictionary: Self.parse(new)).isEqual(to: patched), "\(old) \(new) \(patch)")
        }
    }

    /// Some object without null members.
    private static func object(_ depth: Int, _ random: inout SeededRandom) -> String {
        let members = ["a", "b", "c", "é"].filter { _ in !random.chance(3) }.map { key in
            "\"\(key)\":\(value(depth - 1, &random))"
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func value(_ depth: Int, _ random: inout SeededRandom) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &random) {
        case 0: "\(Int.random(in: 0..<3, using: &random))"
        case 1: "\"x\""
        case 2: "[1,null,{\"a\":null}]"
        case 3: "{}"
        default: object(depth, &random)
        }
    }

    private static func parse(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    /// RFC 7396, section 2, word for word.
    private static func apply(_ patch: [String: Any], to target: Any?) -> [String: Any] {
        var result = target as? [String: Any] ?? [:]
        for (name, value) in patch {
            if value is NSNull {
                result[name] = nil
            } else if let object = value as? [String: Any] {
                result[name] = apply(object, to: result[name])
            } else {
                result[name] = value
            }
        }
        return result
    }
}
