/// The name of a room in links, messages and stores.
public struct RoomID: RawRepresentable, Hashable, Codable, Sendable, CustomStringConvertible {
    /// 8...64 characters of the base64url alphabet, so that an id is safe in a URL, a key and a log.
    public let rawValue: String

    /// - Parameter rawValue: untrusted; nil unless it has the form above.
    public init?(rawValue: String) {
        guard 8...64 ~= rawValue.utf8.count, rawValue.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { rawValue }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
