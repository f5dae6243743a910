/// Where the records of rooms are kept. Shards call it; a shard is the only writer of a room while it holds the newest
/// term of it.
///
/// Every implementation passes the same contract suite, in Tests/SessionStoreTests.
public protocol RoomStore: Sendable {
    /// Makes the caller the owner of a room: raises its term, which shuts out every earlier owner, and hands out all
    /// that is stored. nil: there is no such room.
    /// - Throws: `corrupt` when what is stored cannot be handed out whole; the earlier owner then stays.
    func claim(_ room: RoomID) async throws(StoreError) -> StoredRoom?

    /// Stores all of `commits`, of one or many rooms, in order and in one transaction, except those of a room whose
    /// term or version does not fit: of such a room nothing is stored and its id is reported. Never blocks.
    /// - Parameter completion: called once, when all is safe or has failed; on any thread, before `append` returns or
    ///   after, and not to be held up. After a failure it is unknown what is stored: claim the rooms again.
    func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<Set<RoomID>, StoreError>) -> Void)

    /// All rooms there are, in no order.
    func headers() async throws(StoreError) -> [RoomHeader]
}

/// What never changes about a room.
public struct RoomHeader: Codable, Equatable, Sendable {
    public let id: RoomID
    public let gameType: String
    /// Private rooms are found by their id alone.
    public let isPrivate: Bool
    /// Milliseconds since 1970.
    public let createdAt: Int64

    public init(id: RoomID, gameType: String, isPrivate: Bool, createdAt: Int64) {
        self.id = id
        self.gameType = gameType
        self.isPrivate = isPrivate
        self.createdAt = createdAt
    }
}

/// The fencing token of a room's owner; rises with every claim. A new room has term 1.
public typealias Term = UInt64

/// One step of a room's history on its way into the store.
public struct RoomCommit: Equatable, Sendable {
    public enum Change: Equatable, Sendable {
        /// A new room at `version`. Fits only if there is none of that id; the header is of the same id.
        case created(RoomHeader, snapshot: [UInt8])
        /// The input that leads to `version`, and now and then the state it leads to, which makes all inputs up to it
        /// superfluous. Fits only right after the version before.
        case input([UInt8], snapshot: [UInt8]?)
        /// The state alone. Fits after any lower version, and again at the same one.
        case snapshot([UInt8])
        /// Forgets the room, whatever version it has.
        case removed
    }

    public let room: RoomID
    public let term: Term
    /// The version of the room after this change.
    public let version: UInt64
    public let change: Change

    public init(room: RoomID, term: Term, version: UInt64, change: Change) {
        self.room = room
        self.term = term
        self.version = version
        self.change = change
    }
}

/// Everything the store has of one room.
public struct StoredRoom: Equatable, Sendable {
    public let header: RoomHeader
    public let term: Term
    /// The newest snapshot and its version.
    public let snapshot: [UInt8]
    public let snapshotVersion: UInt64
    /// What was committed since, in order: the first one leads to `snapshotVersion + 1`.
    public let inputs: [[UInt8]]

    public init(header: RoomHeader, term: Term, snapshot: [UInt8], snapshotVersion: UInt64, inputs: [[UInt8]]) {
        self.header = header
        self.term = term
        self.snapshot = snapshot
        self.snapshotVersion = snapshotVersion
        self.inputs = inputs
    }
}
