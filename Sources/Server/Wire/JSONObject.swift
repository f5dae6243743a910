internal import JSONCoding
internal import RoomEngine

/// An object of a server message, written member by member. nil members are left out. Objects in it are written into the
/// same bytes.
struct JSONObject {
    private(set) var bytes: [UInt8] = []
    /// The innermost object under way has no members yet.
    private var isEmpty = true

    init() {
        // Most messages fit, and are written without being moved.
        bytes.reserveCapacity(384)
        bytes.append(UInt8(ascii: "{"))
    }

    /// The object's text.
    consuming func closed() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

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
        write(value ? "true" : "false")
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
        write("null")
    }

    /// Members that are JSON text already, with a comma between each two, after those of this object.
    mutating func append(members: some Collection<UInt8>) {
        guard !members.isEmpty else { return }
        separate()
        bytes.append(contentsOf: members)
    }

    /// The text of the members that `write` adds.
    mutating func members(_ write: (inout JSONObject) -> Void) -> [UInt8] {
        let start = isEmpty ? bytes.count : bytes.count + 1
        write(&self)
        return start < bytes.count ? Array(bytes[start...]) : []
    }

    mutating func set(_ key: StaticString, object write: (inout JSONObject) -> Void) {
        self.key(key)
        object(write)
    }

    mutating func set<Element>(
        _ key: StaticString, _ list: some Sequence<Element>, _ write: (Element, inout JSONObject) -> Void
    ) {
        self.key(key)
        bytes.append(UInt8(ascii: "["))
        isEmpty = true
        for element in list {
            separate()
            object { write(element, &$0) }
        }
        bytes.append(UInt8(ascii: "]"))
        isEmpty = false
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
        separate()
        bytes.append(UInt8(ascii: "\""))
        write(key)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func object(_ write: (inout JSONObject) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        isEmpty = true
        write(&self)
        bytes.append(UInt8(ascii: "}"))
        isEmpty = false
    }

    private mutating func separate() {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
    }

    private mutating func write(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }
}
