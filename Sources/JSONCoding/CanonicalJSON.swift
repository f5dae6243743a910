/// Writes a value as JSON: always the same bytes for the same value, in every process.
///
/// Members come in the order in which the type encodes them, nil members are absent, nothing is escaped that need not
/// be. So snapshots can be compared and hashed. What a `Set` or a `Dictionary` writes has that process's order; keep them
/// out.
public enum CanonicalJSON {
    /// - Throws: `EncodingError` for a number that JSON does not have or a value nested more than 64 levels deep, or what
    ///   the value itself throws.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let writer = JSONWriter()
        try writer.write(value)
        guard !writer.isTooDeep else {
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "it is nested too deeply"))
        }
        return writer.bytes
    }

    /// Appends a string with its quotes, escaped as JSON wants it.
    public static func append(_ string: String, to bytes: inout [UInt8]) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { text in
            // Nearly every text is plain, and then one copy.
            if text.contains(where: needsEscape) { escape(text, to: &bytes) } else { bytes.append(contentsOf: text) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func escape(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(hexDigit(byte >> 4))
                bytes.append(hexDigit(byte & 15))
            default: bytes.append(byte)
            }
        }
    }

    /// Appends a whole number of at most 64 bits.
    @inlinable
    public static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        append(magnitude: UInt64(number.magnitude), isNegative: number < 0, to: &bytes)
    }

    @usableFromInline
    static func append(magnitude: UInt64, isNegative: Bool, to bytes: inout [UInt8]) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        // They come out last first.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longestNumber) { digits in
            var first = longestNumber
            var rest = magnitude
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    /// The digits of 2^64 - 1.
    private static let longestNumber = 20

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// The bytes so far, and what is open in them. Containers write through it in the order of the calls; one that is
/// written to again closes whatever was opened below it.
///
/// Nothing here calls out while it changes a member, so that no two accesses can overlap, and looking for that at every one
/// of them would be much of what encoding costs.
final class JSONWriter {
    @exclusivity(unchecked) var bytes: [UInt8] = []
    /// How many containers are open, and of which of them the text is a list: a bit each, the outermost being the lowest.
    @exclusivity(unchecked) private(set) var depth = 0
    @exclusivity(unchecked) private var lists: UInt64 = 0
    @exclusivity(unchecked) private var isEmpty = true
    @exclusivity(unchecked) private(set) var isTooDeep = false

    init() { bytes.reserveCapacity(256) }

    func write<Value: Encodable>(_ value: Value) throws {
        // Whole numbers and lists of them are most of what games show, and the general way asks for containers for each.
        if Value.self == Int.self { return integer(unsafeBitCast(value, to: Int.self)) }
        if Value.self == [Int].self { return list(unsafeBitCast(value, to: [Int].self)) }
        let depth = depth
        let start = bytes.count
        try value.encode(to: ValueEncoder(writer: self))
        close(to: depth)
        // A type that encodes nothing at all is an empty object, as it is for other encoders.
        if bytes.count == start { bytes.append(contentsOf: "{}".utf8) }
    }

    /// Opens a container in the one at `depth` and says how deep it is. A value that asks for its container again means
    /// the same one: that is how a type writes its members among another's.
    func begin(_ shape: Shape, at outside: Int) -> Int {
        if outside < depth, self.shape(at: outside) == shape {
            close(to: outside + 1)
            return outside + 1
        }
        // What is deeper is written somehow, and then refused as a whole.
        if depth == UInt64.bitWidth { isTooDeep = true }
        let bit: UInt64 = 1 << UInt64(depth & 63)
        lists = shape == .list ? lists | bit : lists & ~bit
        depth += 1
        bytes.append(shape.opening)
        isEmpty = true
        return depth
    }

    /// Makes ready for the next element of the container at `depth`.
    func separate(at depth: Int) {
        close(to: depth)
        if isEmpty { isEmpty = false } else { bytes.append(UInt8(ascii: ",")) }
    }

    func key(_ key: some CodingKey, at depth: Int) {
        separate(at: depth)
        string(key.stringValue)
        bytes.append(UInt8(ascii: ":"))
    }

    func string(_ value: String) { CanonicalJSON.append(value, to: &bytes) }
    func integer(_ value: some FixedWidthInteger) { CanonicalJSON.append(value, to: &bytes) }
    private func list(_ numbers: [Int]) {
        let outside = depth
        let inside = begin(.list, at: outside)
        for number in numbers {
            separate(at: inside)
            integer(number)
        }
        close(to: outside)
    }

    func bool(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }
    func null() { bytes.append(contentsOf: "null".utf8) }

    func number(_ value: some BinaryFloatingPoint & CustomStringConvertible, path: [any CodingKey]) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: path, debugDescription: "JSON has no infinities and no NaN"))
        }
        bytes.append(contentsOf: value.description.utf8)
    }

    private func close(to depth: Int) {
        while self.depth > depth {
            self.depth -= 1
            bytes.append(shape(at: self.depth).closing)
            isEmpty = false
        }
    }

    private func shape(at depth: Int) -> Shape { lists & 1 << UInt64(depth & 63) == 0 ? .object : .list }

    enum Shape {
        case object, list

        var opening: UInt8 { self == .list ? UInt8(ascii: "[") : UInt8(ascii: "{") }
        var closing: UInt8 { self == .list ? UInt8(ascii: "]") : UInt8(ascii: "}") }
    }
}
