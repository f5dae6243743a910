/// The text of one JSON value, of which single members are read where they lie: what is measured sends a hundred thousand
/// messages a second, and decoding them all would leave the machine nothing for it.
///
/// The text is untrusted, and is looked at only as far as it is asked about. What is no JSON reads as absent.
struct JSONSlice {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The value of the first member of that name, if this is an object that has one.
    subscript(_ key: StaticString) -> JSONSlice? {
        var walk = JSONWalk(self)
        while let member = walk.next() {
            if member.key.isEqual(to: key) { return member.value }
        }
        return nil
    }

    /// A whole number.
    var integer: Int64? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative ? bytes.dropFirst() : bytes[...]
        guard 1...18 ~= digits.count else { return nil }
        var number: Int64 = 0
        for byte in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return isNegative ? -number : number
    }

    /// What a string has between its quotes, as it is written.
    var quoted: UnsafeRawBufferPointer? {
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[1..<(bytes.count - 1)])
    }

    /// A string without escapes: names of rooms and codes have none.
    var string: String? { quoted.map { String(decoding: $0, as: UTF8.self) } }

    func isString(_ text: StaticString) -> Bool { quoted?.isEqual(to: text) ?? false }

    /// Whether this is that word, `true` or `false`.
    func isWord(_ word: StaticString) -> Bool { bytes.isEqual(to: word) }
}

/// Goes through the members of one object, in order.
struct JSONWalk {
    struct Member {
        /// As it is written between its quotes.
        let key: UnsafeRawBufferPointer
        let value: JSONSlice
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// Whether the object was gone through to its end, and is one.
    private(set) var isComplete = false

    init(_ slice: JSONSlice) {
        bytes = slice.bytes
        skipSpace()
    }

    /// - Returns: nil at the end, or where this is no object.
    mutating func next() -> Member? {
        guard let byte = peek, byte == UInt8(ascii: "{") || byte == UInt8(ascii: ",") else {
            if peek == UInt8(ascii: "}") { end() }
            return nil
        }
        position += 1
        skipSpace()
        if byte == UInt8(ascii: "{"), peek == UInt8(ascii: "}") {
            end()
            return nil
        }
        let keyStart = position
        guard peek == UInt8(ascii: "\""), skipString() else { return nil }
        let key = slice(keyStart + 1, position - 1)
        skipSpace()
        guard peek == UInt8(ascii: ":") else { return nil }
        position += 1
        skipSpace()
        let valueStart = position
        guard skipValue(), position > valueStart else { return nil }
        let value = JSONSlice(slice(valueStart, position))
        skipSpace()
        return Member(key: key, value: value)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    private mutating func end() {
        position += 1
        skipSpace()
        isComplete = position == bytes.count
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    /// From one quote behind the other.
    private mutating func skipString() -> Bool {
        position += 1
        while let byte = peek {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return true }
        }
        return false
    }

    private mutating func skipValue() -> Bool {
        var depth = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""): guard skipString() else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth -= 1
                position += 1
            case UInt8(ascii: ","), 0x20, 0x0a, 0x0d, 0x09:
                if depth == 0 { return true }
                position += 1
                continue
            default:
                position += 1
                continue
            }
            if depth == 0 { return true }
        }
        return false
    }
}

extension UnsafeRawBufferPointer {
    func isEqual(to text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
