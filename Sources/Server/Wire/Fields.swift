internal import JSONCoding
internal import RoomEngine
internal import SessionStore

extension RoomVisibility {
    /// As requests name them.
    static let names: [String: Self] = ["public": .public, "private": .private, "invited": .invited]
}

/// The members of one JSON object of a client, read by name. All of it is untrusted: a member of the wrong kind throws a
/// problem that names it, one that nobody asks for is ignored.
struct Fields {
    private let members: [JSONScanner.Member]

    init(_ members: [JSONScanner.Member]) { self.members = members }

    func raw(_ name: String) -> ArraySlice<UInt8>? { members.first { $0.key == name }?.value }

    func string(_ name: String) throws(Problem) -> String? {
        guard let raw = raw(name) else { return nil }
        guard let string = JSONScanner.string(raw) else { throw problem(name, "must be a string") }
        return string
    }

    func bool(_ name: String) throws(Problem) -> Bool? {
        guard let raw = raw(name) else { return nil }
        switch String(decoding: raw, as: UTF8.self) {
        case "true": return true
        case "false": return false
        default: throw problem(name, "must be true or false")
        }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let raw = raw(name) else { return nil }
        guard let number = Int(String(decoding: raw, as: UTF8.self)), range ~= number else {
            throw problem(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Value>(_ name: String, _ values: [String: Value]) throws(Problem) -> Value? {
        guard let string = try string(name) else { return nil }
        guard let value = values[string] else {
            throw problem(name, "must be one of: " + values.keys.sorted().joined(separator: ", "))
        }
        return value
    }

    func problem(_ name: String, _ what: String) -> Problem { .badField(name, "\(name) \(what).") }
}
