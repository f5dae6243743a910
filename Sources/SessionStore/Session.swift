/// What lets a client return to its seats: an index of the rooms it sits in.
///
/// The rooms' own records are the truth about who sits where; a session that disagrees is wrong.
public struct Session: Codable, Equatable, Sendable {
    /// A seat that was not claimed back in time; remembered so that the client can be told so.
    public struct ExpiredSeat: Codable, Equatable, Sendable {
        public var room: RoomID
        /// Milliseconds since 1970.
        public var at: Int64

        public init(room: RoomID, at: Int64) {
            self.room = room
            self.at = at
        }
    }

    /// A join that was answered, so that the same request sent again finds the same room.
    ///
    /// Kept as it is stored: made once and seldom read, while a session is stored again with every join.
    public struct JoinReceipt: Equatable, Sendable {
        fileprivate let text: String

        /// - Parameters:
        ///   - id: a digest of the request's id.
        ///   - content: one of all it asked for.
        public init(id: UInt64, content: UInt64, room: RoomID) {
            // Interpolation would leave room for more, as long as the client is in memory.
            text = ["\(id)", "\(content)", room.rawValue].joined(separator: ".")
        }

        public var content: UInt64 { parts.content }
        public var room: RoomID { parts.room }
    }

    public let client: ClientKey
    /// The user under whom the session was made, if any.
    public var user: UserKey?
    /// Oldest first.
    public var rooms: [RoomID] = []
    public var expired: [ExpiredSeat] = []
    public var joins: [JoinReceipt] = []
    /// Rises with every write; a store keeps the higher one.
    public var revision: UInt64 = 0
    /// When a store may forget it, in milliseconds since 1970.
    public var expiresAt: Int64

    public init(client: ClientKey, user: UserKey? = nil, expiresAt: Int64) {
        self.client = client
        self.user = user
        self.expiresAt = expiresAt
    }

    /// What the newest join with this id was answered.
    /// - Parameter id: a digest of the request's id.
    public func receipt(of id: UInt64) -> JoinReceipt? {
        let beginning = "\(id)."
        return joins.last { $0.text.hasPrefix(beginning) }
    }
}

extension Session.JoinReceipt: Codable {
    private var parts: (content: UInt64, room: RoomID) {
        guard let parts = Self.parts(of: text) else { preconditionFailure("only what has all its parts is a receipt") }
        return parts
    }

    private static func parts(of text: String) -> (content: UInt64, room: RoomID)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, UInt64(parts[0]) != nil, let content = UInt64(parts[1]),
            let room = RoomID(rawValue: String(parts[2]))
        else { return nil }
        return (content, room)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard Self.parts(of: text) != nil else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no receipt of a join")
        }
        self.text = text
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
