internal import RoomEngine

/// An object of a server message, written member by member. nil members are left out.
struct JSONObject {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    init() { bytes.reserveCapacity(192) }

    /// The object's text.
    func closed() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

    mutating func set(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        self.key(key)
        CanonicalJSON.append(value, to: &bytes)
    }

    mutating func set(_ key: StaticString, _ value: (some FixedWidthInteger)?) {
        guard let value else { return }
        self.key(key)
        CanonicalJSON.append(value, to: &bytes)
    }

    mutating func set(_ key: StaticString, _ value: Bool?) {
        guard let value else { return }
        self.key(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    mutating func set(_ key: StaticString, _ id: MessageID?) {
        guard let id else { return }
        self.key(key)
        id.write(to: &bytes)
    }

    /// A value that is JSON text already.
    mutating func set(_ key: StaticString, json: (some Collection<UInt8>)?) {
        guard let json else { return }
        self.key(key)
        bytes.append(contentsOf: json)
    }

    mutating func set(_ key: StaticString, null: Void) {
        self.key(key)
        bytes.append(contentsOf: "null".utf8)
    }

    /// The members of another object, after those of this one.
    mutating func append(_ other: JSONObject) {
        guard other.bytes.count > 1 else { return }
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: other.bytes.dropFirst())
    }

    mutating func set(_ key: StaticString, object write: (inout JSONObject) -> Void) {
        var object = JSONObject()
        write(&object)
        set(key, json: object.closed())
    }

    mutating func set<Element>(
        _ key: StaticString, _ list: some Sequence<Element>, _ write: (Element, inout JSONObject) -> Void
    ) {
        let objects = list.map { element in
            var object = JSONObject()
            write(element, &object)
            return object.closed()
        }
        set(key, array: objects)
    }

    /// Elements that are JSON text already.
    mutating func set(_ key: StaticString, array: [[UInt8]]) {
        self.key(key)
        bytes.append(UInt8(ascii: "["))
        bytes.append(contentsOf: array.joined(separator: [UInt8(ascii: ",")]))
        bytes.append(UInt8(ascii: "]"))
    }

    /// Keys are constants of this protocol and need no escapes.
    private mutating func key(_ key: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }
}
