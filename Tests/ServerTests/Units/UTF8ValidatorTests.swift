import Testing

@testable import ParlorServer

@Suite struct UTF8ValidatorTests {
    /// How many bytes are taken before one is refused, given one by one; nil when all are.
    private static func refusedAt(_ bytes: [UInt8]) -> Int? {
        var validator = UTF8Validator()
        return bytes.indices.first { index in
            !bytes[index...index].withUnsafeBytes { validator.accepts($0) }
        }
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        return bytes.withUnsafeBytes { validator.accepts($0) } && validator.isComplete
    }

    @Test func `the first and the last character of each length are taken`() {
        let borders: [[UInt8]] = [
            [0x00], [0x7f], [0xc2, 0x80], [0xdf, 0xbf], [0xe0, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xee, 0x80, 0x80],
            [0xef, 0xbf, 0xbf], [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf],
        ]
        for border in borders { #expect(Self.isWhole(border), "\(border)") }
        #expect(Self.isWhole(borders.flatMap { $0 }))
    }

    /// Bytes, and which of them cannot be there.
    static let refused: [([UInt8], Int)] = [
        // A continuation of nothing.
        ([0x80], 0), ([0xbf], 0), ([0x41, 0x80], 1), ([0xc3, 0xa9, 0xa9], 2),
        // Spelled longer than need be.
        ([0xc0, 0x80], 0), ([0xc1, 0xbf], 0), ([0xe0, 0x80, 0x80], 1), ([0xe0, 0x9f, 0xbf], 1),
        ([0xf0, 0x80, 0x80, 0x80], 1), ([0xf0, 0x8f, 0xbf, 0xbf], 1),
        // Surrogates.
        ([0xed, 0xa0, 0x80], 1), ([0xed, 0xad, 0xbf], 1), ([0xed, 0xbf, 0xbf], 1),
        // Beyond U+10FFFF.
        ([0xf4, 0x90, 0x80, 0x80], 1), ([0xf5, 0x80, 0x80, 0x80], 0), ([0xf8, 0x88, 0x80, 0x80, 0x80], 0),
        ([0xfe], 0), ([0xff], 0),
        // Broken off by another character.
        ([0xc3, 0x28], 1), ([0xe2, 0x28, 0xa1], 1), ([0xe2, 0x82, 0x28], 2), ([0xf0, 0x9f, 0x98, 0x41], 3),
        ([0xf0, 0x28, 0x8c, 0xbc], 1), ([0xc3, 0xc3], 1), ([0xe2, 0x82, 0xe2], 2),
    ]

    @Test(arguments: refused)
    func `what is no UTF-8 is refused at the byte that cannot be`(bytes: [UInt8], index: Int) {
        #expect(Self.refusedAt(bytes) == index)
        let behind = Array(repeating: UInt8(ascii: "a"), count: 20)
        #expect(Self.refusedAt(behind + bytes) == 20 + index)
        #expect(!Self.isWhole(behind + bytes + behind))
    }

    @Test(arguments: ["é", "€", "\u{fffd}", "😀", "\u{10ffff}"])
    func `a character that is cut off is awaited, not taken`(character: String) {
        let bytes = Array(character.utf8)
        for count in 1..<bytes.count {
            #expect(Self.refusedAt(Array(bytes[..<count])) == nil)
            #expect(!Self.isWhole(Array(bytes[..<count])))
        }
        #expect(Self.isWhole(bytes))
    }

    @Test func `all that two and three bytes can be is judged as by the standard library`() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let pair = [first, second]
                #expect(Self.isWhole(pair) == (String(validating: pair, as: UTF8.self) != nil), "\(pair)")
                for third: UInt8 in [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xe0, 0xff] {
                    let triple = pair + [third]
                    guard Self.isWhole(triple) != (String(validating: triple, as: UTF8.self) != nil) else { continue }
                    Issue.record("\(triple)")
                }
            }
        }
    }
}
