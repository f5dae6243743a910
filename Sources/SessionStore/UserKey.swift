/// The SHA-256 of a user's name, in hexadecimal: rooms, sessions and files know people by it, and never by the name.
public struct UserKey: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
