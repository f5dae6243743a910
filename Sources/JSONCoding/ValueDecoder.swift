/// What the standard library's `Decodable` reads from: the text of one value, checked and without space around it.
struct ValueDecoder: Decoder {
    let text: ArraySlice<UInt8>
    let userInfo: [CodingUserInfoKey: Any]
    /// Not told: what does not fit is refused as a whole.
    var codingPath: [any CodingKey] { [] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try MemberReader<Key>(self))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try ElementReader(self) }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleReader(decoder: self) }

    func part(_ text: ArraySlice<UInt8>) -> Self { Self(text: text, userInfo: userInfo) }

    // MARK: Values

    var isNull: Bool { text.first == UInt8(ascii: "n") }

    func bool() throws -> Bool {
        switch text.first {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: throw mismatch(Bool.self)
        }
    }

    func string() throws -> String {
        guard let string = JSONScanner.string(text) else { throw mismatch(String.self) }
        return string
    }

    /// A number with a fraction or an exponent may still be a whole one.
    func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws -> Number {
        if let number = plainInteger(type) { return number }
        guard isNumber, text.contains(where: { ".eE".utf8.contains($0) }),
            let number = Number(exactly: try real(Double.self))
        else { throw mismatch(type) }
        return number
    }

    func real<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ type: Number.Type = Number.self) throws
        -> Number
    {
        guard isNumber, let number = Number(String(decoding: text, as: UTF8.self)), number.isFinite else {
            throw mismatch(type)
        }
        return number
    }

    private var isNumber: Bool {
        text.first.map { $0 == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false
    }

    private func plainInteger<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text
        guard !digits.isEmpty else { return nil }
        var number: Number = 0
        for byte in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            let digit = Number(byte - UInt8(ascii: "0"))
            let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOver) =
                isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
            guard !isTooLarge, !isOver else { return nil }
            number = sum
        }
        return number
    }

    func mismatch<T>(_ type: T.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: [], debugDescription: "this is no \(type)"))
    }
}

private struct MemberReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: ValueDecoder
    let members: [JSONScanner.Member]
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

    init(_ decoder: ValueDecoder) throws {
        guard let members = try JSONScanner.members(of: decoder.text) else {
            throw decoder.mismatch([String: Any].self)
        }
        self.decoder = decoder
        self.members = members
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key).bool() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key).string() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key).real() }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try value(key).real() }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).integer() }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try value(key).integer() }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try value(key).integer() }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try value(key).integer() }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key).integer() }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try value(key).integer() }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try value(key).integer() }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try value(key).integer() }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try value(key).integer() }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try value(key).integer() }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try T(from: value(key)) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try value(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try value(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder {
        decoder.part(members.first { $0.key == "super" }?.value ?? ArraySlice("null".utf8))
    }
    func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }

    private func find(_ key: Key) -> ArraySlice<UInt8>? {
        let name = key.stringValue
        return members.first { $0.key == name }?.value
    }

    private func value(_ key: Key) throws -> ValueDecoder {
        guard let text = find(key) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "there is no such member"))
        }
        return decoder.part(text)
    }
}

private struct ElementReader: UnkeyedDecodingContainer {
    let decoder: ValueDecoder
    let elements: [ArraySlice<UInt8>]
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    init(_ decoder: ValueDecoder) throws {
        guard let elements = try JSONScanner.elements(of: decoder.text) else { throw decoder.mismatch([Any].self) }
        self.decoder = decoder
        self.elements = elements
    }

    /// Stays where it is unless it is one.
    mutating func decodeNil() throws -> Bool {
        guard try peek().isNull else { return false }
        currentIndex += 1
        return true
    }
    mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try $0.bool() } }
    mutating func decode(_ type: String.Type) throws -> String { try next { try $0.string() } }
    mutating func decode(_ type: Double.Type) throws -> Double { try next { try $0.real() } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next { try $0.real() } }
    mutating func decode(_ type: Int.Type) throws -> Int { try next { try $0.integer() } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try next { try $0.integer() } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try next { try $0.integer() } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try next { try $0.integer() } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try next { try $0.integer() } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try next { try $0.integer() } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next { try $0.integer() } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next { try $0.integer() } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next { try $0.integer() } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next { try $0.integer() } }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next { try T(from: $0) } }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next { try $0.container(keyedBy: type) } }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try $0.unkeyedContainer() }
    }
    mutating func superDecoder() throws -> any Decoder { try next { $0 } }

    private func peek() throws -> ValueDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(Any.self, .init(codingPath: [], debugDescription: "the list has ended"))
        }
        return decoder.part(elements[currentIndex])
    }

    /// What does not fit is still there.
    private mutating func next<T>(_ read: (ValueDecoder) throws -> T) throws -> T {
        let value = try read(peek())
        currentIndex += 1
        return value
    }
}

private struct SingleReader: SingleValueDecodingContainer {
    let decoder: ValueDecoder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { decoder.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try decoder.bool() }
    func decode(_ type: String.Type) throws -> String { try decoder.string() }
    func decode(_ type: Double.Type) throws -> Double { try decoder.real() }
    func decode(_ type: Float.Type) throws -> Float { try decoder.real() }
    func decode(_ type: Int.Type) throws -> Int { try decoder.integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try decoder.integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try decoder.integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try decoder.integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try decoder.integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try decoder.integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: decoder) }
}
