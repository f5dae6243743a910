/// Tells as text comes whether it is UTF-8 (RFC 3629, section 4): at the first byte that cannot be, and across the borders
/// of whatever it comes in.
struct UTF8Validator {
    /// How many bytes the character under way still needs...
    private var missing = 0
    /// ...and what the next of them may be: after some first bytes not everything, so that each character has one spelling,
    /// none is a surrogate, and none is beyond U+10FFFF.
    private var allowed = Self.anyContinuation

    private static let anyContinuation: ClosedRange<UInt8> = 0x80...0xbf

    /// Whether no character is under way.
    var isComplete: Bool { missing == 0 }

    /// - Returns: false when no text begins like this.
    mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if missing == 0 {
                index = Self.endOfASCII(in: bytes, from: index)
                guard index < bytes.count else { return true }
                guard begins(with: bytes[index]) else { return false }
            } else {
                guard allowed.contains(bytes[index]) else { return false }
                missing -= 1
                allowed = Self.anyContinuation
            }
            index += 1
        }
        return true
    }

    /// Nearly all text is ASCII, which shows in eight bytes at a time.
    private static func endOfASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            index += 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }

    private mutating func begins(with byte: UInt8) -> Bool {
        switch byte {
        case 0xc2...0xdf: expect(1)
        case 0xe0: expect(2, 0xa0...0xbf)
        case 0xed: expect(2, 0x80...0x9f)
        case 0xe1...0xef: expect(2)
        case 0xf0: expect(3, 0x90...0xbf)
        case 0xf1...0xf3: expect(3)
        case 0xf4: expect(3, 0x80...0x8f)
        default: return false
        }
        return true
    }

    private mutating func expect(_ count: Int, _ next: ClosedRange<UInt8> = Self.anyContinuation) {
        missing = count
        allowed = next
    }
}
