/// The SHA-256 of a `clientId`, in hexadecimal. The id itself is a secret and never reaches a store.
public struct ClientKey: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}
