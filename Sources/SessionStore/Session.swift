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
    public struct JoinReceipt: Equatable, Sendable {
        /// A digest of the request's id, and one of all it asked for.
        public let id: UInt64
        public let content: UInt64
        public let room: RoomID

        public init(id: UInt64, content: UInt64, room: RoomID) {
            self.id = id
            self.content = content
            self.room = room
        }
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
}

/// One text and no object: a session is stored anew with every join.
extension Session.JoinReceipt: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let parts = try container.decode(String.self).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let id = UInt64(parts[0]), let content = UInt64(parts[1]),
            let room = RoomID(rawValue: String(parts[2]))
        else { throw DecodingError.dataCorruptedError(in: container, debugDescription: "no receipt of a join") }
        self.init(id: id, content: content, room: room)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(id).\(content).\(room)")
    }
}
