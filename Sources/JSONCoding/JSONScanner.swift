/// Why a text is not JSON that this server reads.
public enum JSONFault: Error, Equatable, Sendable {
    case malformed(offset: Int)
    case tooDeep
    /// Readers differ in which of two equal keys counts, so neither does (RFC 8259, section 4).
    case duplicateKey(String)
}

/// Reads JSON (RFC 8259) strictly and without building anything: it checks the whole text once and cuts out the members
/// of the outermost object, each as a slice that another decoder may read.
///
/// The text is untrusted. The cost is linear in its length, the stack it takes is bounded by ``maxDepth``.
public struct JSONScanner {
    /// Deeper than any message of this protocol is, shallower than any stack.
    public static let maxDepth = 32

    /// One member of an object.
    public struct Member: Equatable, Sendable {
        public let key: String
        /// The text of its value.
        public let value: ArraySlice<UInt8>
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The members of the object that `text` is, in order, or nil when it is JSON but no object.
    public static func members(of text: ArraySlice<UInt8>) throws(JSONFault) -> [Member]? {
        var scanner = JSONScanner(text)
        scanner.skipSpace()
        guard scanner.peek == UInt8(ascii: "{") else {
            try scanner.value(depth: 1)
            try scanner.end()
            return nil
        }
        var members: [Member] = []
        try scanner.object(depth: 1) { members.append(Member(key: $0, value: $1)) }
        try scanner.end()
        return members
    }

    /// The elements of the list that `text` is, in order, or nil when it is JSON but no list.
    public static func elements(of text: ArraySlice<UInt8>) throws(JSONFault) -> [ArraySlice<UInt8>]? {
        var scanner = JSONScanner(text)
        scanner.skipSpace()
        guard scanner.peek == UInt8(ascii: "[") else {
            try scanner.value(depth: 1)
            try scanner.end()
            return nil
        }
        var elements: [ArraySlice<UInt8>] = []
        try scanner.array(depth: 1) { elements.append($0) }
        try scanner.end()
        return elements
    }

    /// The text of a value without the space around it.
    /// - Throws: ``JSONFault`` when it is no JSON.
    static func value(in text: ArraySlice<UInt8>) throws(JSONFault) -> ArraySlice<UInt8> {
        var scanner = JSONScanner(text)
        scanner.skipSpace()
        let start = scanner.position
        try scanner.value(depth: 1)
        let value = text[start..<scanner.position]
        try scanner.end()
        return value
    }

    /// The text that a JSON string stands for, or nil when `text` is no string.
    public static func string(_ text: ArraySlice<UInt8>) -> String? {
        var scanner = JSONScanner(text)
        guard let string = try? scanner.string(), scanner.position == text.endIndex else { return nil }
        return string
    }

    private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }
    private var fault: JSONFault { .malformed(offset: position - bytes.startIndex) }

    private mutating func end() throws(JSONFault) {
        skipSpace()
        guard position == bytes.endIndex else { throw fault }
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) throws(JSONFault) {
        guard peek == byte else { throw fault }
        position += 1
    }

    private mutating func value(depth: Int) throws(JSONFault) {
        switch peek {
        case UInt8(ascii: "{"): try object(depth: depth) { _, _ in }
        case UInt8(ascii: "["): try array(depth: depth) { _ in }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func object(
        depth: Int, member: (String, ArraySlice<UInt8>) -> Void
    ) throws(JSONFault) {
        guard depth <= Self.maxDepth else { throw .tooDeep }
        try take(UInt8(ascii: "{"))
        skipSpace()
        var keys = SeenKeys()
        guard peek != UInt8(ascii: "}") else { return position += 1 }
        while true {
            skipSpace()
            let key = try string()
            guard keys.insert(key) else { throw .duplicateKey(key) }
            skipSpace()
            try take(UInt8(ascii: ":"))
            skipSpace()
            let start = position
            try value(depth: depth + 1)
            member(key, bytes[start..<position])
            skipSpace()
            guard peek == UInt8(ascii: ",") else { return try take(UInt8(ascii: "}")) }
            position += 1
        }
    }

    private mutating func array(depth: Int, element: (ArraySlice<UInt8>) -> Void) throws(JSONFault) {
        guard depth <= Self.maxDepth else { throw .tooDeep }
        try take(UInt8(ascii: "["))
        skipSpace()
        guard peek != UInt8(ascii: "]") else { return position += 1 }
        while true {
            skipSpace()
            let start = position
            try value(depth: depth + 1)
            element(bytes[start..<position])
            skipSpace()
            guard peek == UInt8(ascii: ",") else { return try take(UInt8(ascii: "]")) }
            position += 1
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONFault) {
        for byte in "\(word)".utf8 { try take(byte) }
    }

    private mutating func number() throws(JSONFault) {
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw fault }
    }
}

// MARK: - Strings
extension JSONScanner {
    /// Passes over a string and says whether it has escapes.
    @discardableResult
    private mutating func skipString() throws(JSONFault) -> Bool {
        try take(UInt8(ascii: "\""))
        var hasEscapes = false
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 1
                try skipEscape()
            case 0..<0x20: throw fault
            default: position += 1
            }
        }
        throw fault
    }

    private mutating func skipEscape() throws(JSONFault) {
        switch peek {
        case UInt8(ascii: "u"):
            position += 1
            let unit = try hexUnit()
            // A high surrogate and a low one make one character; neither means anything alone.
            if 0xdc00...0xdfff ~= unit { throw fault }
            if 0xd800...0xdbff ~= unit {
                try take(UInt8(ascii: "\\"))
                try take(UInt8(ascii: "u"))
                guard 0xdc00...0xdfff ~= (try hexUnit()) else { throw fault }
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        default: throw fault
        }
    }

    private mutating func hexUnit() throws(JSONFault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { throw fault }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private mutating func string() throws(JSONFault) -> String {
        let start = position
        let hasEscapes = try skipString()
        let inner = bytes[start + 1..<position - 1]
        return hasEscapes ? Self.unescaped(inner) : String(decoding: inner, as: UTF8.self)
    }

    /// - Precondition: `text` was passed by ``skipString()``.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        var units: [UInt16] = []
        var scanner = JSONScanner(text)
        while let byte = scanner.peek {
            guard byte == UInt8(ascii: "\\") else {
                let end = text[scanner.position...].firstIndex(of: UInt8(ascii: "\\")) ?? text.endIndex
                units.append(contentsOf: String(decoding: text[scanner.position..<end], as: UTF8.self).utf16)
                scanner.position = end
                continue
            }
            scanner.position += 2
            switch text[scanner.position - 1] {
            case UInt8(ascii: "u"): units.append((try? scanner.hexUnit()) ?? 0xfffd)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0c)
            case UInt8(ascii: "n"): units.append(0x0a)
            case UInt8(ascii: "r"): units.append(0x0d)
            case UInt8(ascii: "t"): units.append(0x09)
            case let plain: units.append(UInt16(plain))
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}

/// The keys of one object so far: a list while they are few, a set once a hostile message makes them many.
private struct SeenKeys {
    private var few: [String] = []
    private var many: Set<String> = []

    mutating func insert(_ key: String) -> Bool {
        if few.count < 12 {
            guard !few.contains(key) else { return false }
            few.append(key)
            return true
        }
        return !few.contains(key) && many.insert(key).inserted
    }
}
