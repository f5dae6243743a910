/// What the standard library's `Encodable` writes into, one small adapter for each of its three shapes.
struct ValueEncoder: Encoder {
    let writer: JSONWriter
    /// How many containers were open before this value.
    let depth: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(writer: JSONWriter) {
        self.writer = writer
        depth = writer.depth
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedWriter<Key>(writer: writer, at: depth))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { UnkeyedWriter(writer: writer, at: depth) }
    func singleValueContainer() -> any SingleValueEncodingContainer { SingleWriter(writer: writer) }
}

private struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writer: JSONWriter
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    init(writer: JSONWriter, at outside: Int) {
        self.writer = writer
        depth = writer.begin(.object, at: outside)
    }

    /// Absent is how nil is written.
    mutating func encodeNil(forKey key: Key) {}

    mutating func encode(_ value: Bool, forKey key: Key) {
        writer.key(key, at: depth)
        writer.bool(value)
    }
    mutating func encode(_ value: String, forKey key: Key) {
        writer.key(key, at: depth)
        writer.string(value)
    }
    mutating func encode(_ value: Double, forKey key: Key) throws {
        writer.key(key, at: depth)
        try writer.number(value, path: [key])
    }
    mutating func encode(_ value: Float, forKey key: Key) throws {
        writer.key(key, at: depth)
        try writer.number(value, path: [key])
    }
    mutating func encode(_ value: Int, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: Int8, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: Int16, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: Int32, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: Int64, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: UInt, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: UInt8, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: UInt16, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: UInt32, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: UInt64, forKey key: Key) { integer(value, key) }
    mutating func encode(_ value: some Encodable, forKey key: Key) throws {
        writer.key(key, at: depth)
        try writer.write(value)
    }
    // The protocol's own would look up what an optional of each type is, every time.
    mutating func encodeIfPresent(_ value: Int?, forKey key: Key) { if let value { integer(value, key) } }
    mutating func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) }
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        writer.key(key, at: depth)
        return KeyedEncodingContainer(KeyedWriter<Nested>(writer: writer, at: depth))
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        writer.key(key, at: depth)
        return UnkeyedWriter(writer: writer, at: depth)
    }
    mutating func superEncoder() -> any Encoder {
        writer.separate(at: depth)
        writer.string("super")
        writer.bytes.append(UInt8(ascii: ":"))
        return ValueEncoder(writer: writer)
    }
    mutating func superEncoder(forKey key: Key) -> any Encoder {
        writer.key(key, at: depth)
        return ValueEncoder(writer: writer)
    }

    private func integer(_ value: some FixedWidthInteger, _ key: Key) {
        writer.key(key, at: depth)
        writer.integer(value)
    }
}

private struct UnkeyedWriter: UnkeyedEncodingContainer {
    let writer: JSONWriter
    let depth: Int
    var count = 0
    var codingPath: [any CodingKey] { [] }

    init(writer: JSONWriter, at outside: Int) {
        self.writer = writer
        depth = writer.begin(.list, at: outside)
    }

    mutating func encodeNil() {
        next()
        writer.null()
    }
    mutating func encode(_ value: Bool) {
        next()
        writer.bool(value)
    }
    mutating func encode(_ value: String) {
        next()
        writer.string(value)
    }
    mutating func encode(_ value: Double) throws {
        next()
        try writer.number(value, path: [])
    }
    mutating func encode(_ value: Float) throws {
        next()
        try writer.number(value, path: [])
    }
    mutating func encode(_ value: Int) { integer(value) }
    mutating func encode(_ value: Int8) { integer(value) }
    mutating func encode(_ value: Int16) { integer(value) }
    mutating func encode(_ value: Int32) { integer(value) }
    mutating func encode(_ value: Int64) { integer(value) }
    mutating func encode(_ value: UInt) { integer(value) }
    mutating func encode(_ value: UInt8) { integer(value) }
    mutating func encode(_ value: UInt16) { integer(value) }
    mutating func encode(_ value: UInt32) { integer(value) }
    mutating func encode(_ value: UInt64) { integer(value) }
    mutating func encode(_ value: some Encodable) throws {
        next()
        try writer.write(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy keyType: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        next()
        return KeyedEncodingContainer(KeyedWriter<Nested>(writer: writer, at: depth))
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        next()
        return UnkeyedWriter(writer: writer, at: depth)
    }
    mutating func superEncoder() -> any Encoder {
        next()
        return ValueEncoder(writer: writer)
    }

    private mutating func next() {
        writer.separate(at: depth)
        count += 1
    }
    private mutating func integer(_ value: some FixedWidthInteger) {
        next()
        writer.integer(value)
    }
}

private struct SingleWriter: SingleValueEncodingContainer {
    let writer: JSONWriter
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() { writer.null() }
    mutating func encode(_ value: Bool) { writer.bool(value) }
    mutating func encode(_ value: String) { writer.string(value) }
    mutating func encode(_ value: Double) throws { try writer.number(value, path: []) }
    mutating func encode(_ value: Float) throws { try writer.number(value, path: []) }
    mutating func encode(_ value: Int) { writer.integer(value) }
    mutating func encode(_ value: Int8) { writer.integer(value) }
    mutating func encode(_ value: Int16) { writer.integer(value) }
    mutating func encode(_ value: Int32) { writer.integer(value) }
    mutating func encode(_ value: Int64) { writer.integer(value) }
    mutating func encode(_ value: UInt) { writer.integer(value) }
    mutating func encode(_ value: UInt8) { writer.integer(value) }
    mutating func encode(_ value: UInt16) { writer.integer(value) }
    mutating func encode(_ value: UInt32) { writer.integer(value) }
    mutating func encode(_ value: UInt64) { writer.integer(value) }
    mutating func encode(_ value: some Encodable) throws { try writer.write(value) }
}
