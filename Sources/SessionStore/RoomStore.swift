/// Where the records of rooms are kept. Shards call it; a shard is the only writer of a room while it holds the newest
/// term of it.
///
/// What a shard asks for comes back by completion and not by `await`, so that it costs no task and comes in order: each
/// completion is called once, on any thread, before the call returns or after, and is not to be held up.
///
/// Every implementation passes the same contract suite, in Tests/SessionStoreTests.
public protocol RoomStore: Sendable {
    /// Makes the caller the owner of a room: raises its term, which shuts out every earlier owner, and hands out all
    /// that is stored. nil: there is no such room. Fails as `corrupt` when what is stored cannot be handed out whole; the
    /// earlier owner then stays.
    func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void)

    /// Stores all of `commits`, of one or many rooms, in order and each room's in one transaction, except those of a room
    /// whose term or version does not fit: of such a room nothing is stored and its id is reported. Never blocks. The
    /// completion comes when all is safe or has failed; after a failure it is unknown what is stored: claim the rooms
    /// again.
    func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void)

    /// The rooms there are, in the order of their ids: at most `limit` of those after `room`. A room that comes or goes
    /// between two calls may be in or not.
    func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader]

    /// Everything a room was told, while it lives and for as long as it is kept after its end; nil when it is not kept.
    func archive(of room: RoomID) async throws(StoreError) -> RoomArchive?

    /// Forgets the archives of rooms that are kept no longer at `now` (milliseconds since 1970), and says how many.
    @discardableResult
    func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int
}

/// Of which rooms nothing was stored, and why.
public struct AppendReport: Equatable, Sendable {
    /// Another owner has the room, or what was to be stored contradicts what is.
    public var refused: Set<RoomID> = []
    /// The store has less of the room than its owner was told it has: it lost some, or is another store. All that the
    /// owner knows can be stored with ``RoomCommit/Change/rewritten(_:snapshot:isArchived:)``.
    public var behind: Set<RoomID> = []

    public init(refused: Set<RoomID> = [], behind: Set<RoomID> = []) {
        self.refused = refused
        self.behind = behind
    }

    /// Everything was stored.
    public var isEmpty: Bool { refused.isEmpty && behind.isEmpty }
}

/// Who finds a room, and who may come in. Stores keep the number.
public enum RoomVisibility: Int, Sendable {
    /// In every list, for everybody.
    case `public` = 0
    /// Found by its id alone, and open to whoever has that.
    case `private` = 1
    /// Found by its id alone, and open to whoever was given a token for it.
    case invited = 2

    /// - Parameter stored: a number of ours. Any other is a later version's, and so not known to be less strict.
    public init(stored: Int) { self = Self(rawValue: stored) ?? .invited }
}

/// What never changes about a room.
public struct RoomHeader: Equatable, Sendable {
    public let id: RoomID
    public let gameType: String
    public let visibility: RoomVisibility
    /// Milliseconds since 1970.
    public let createdAt: Int64

    /// Whether it is found by its id alone.
    public var isPrivate: Bool { visibility != .public }

    public init(id: RoomID, gameType: String, visibility: RoomVisibility = .public, createdAt: Int64) {
        self.id = id
        self.gameType = gameType
        self.visibility = visibility
        self.createdAt = createdAt
    }
}

/// The fencing token of a room's owner; rises with every claim. A new room has term 1.
public typealias Term = UInt64

/// The number of a room's history as clients see it; rises when the room had to go back behind something already told.
public typealias Epoch = UInt64

/// One step of a room's history on its way into the store.
public struct RoomCommit: Equatable, Sendable {
    public enum Change: Equatable, Sendable {
        /// A new room at `version`. Fits only if there is none of that id; the header is of the same id. Without
        /// `isArchived` nothing of it can be played back.
        case created(RoomHeader, snapshot: [UInt8], isArchived: Bool)
        /// The input that leads to `version`, and now and then the state it leads to, behind which all inputs up to it
        /// move from the log to the archive. Fits only right after the version before.
        case input([UInt8], snapshot: [UInt8]?)
        /// The state alone, and the inputs that led to it, for the archive: the log does not have them. Fits after any
        /// lower version, and again at the same one.
        case snapshot([UInt8], inputs: [[UInt8]])
        /// The state as newer rules read it. What was archived cannot be played by them: the archive begins anew.
        case migrated([UInt8])
        /// The whole room anew, where the store is behind what its owner was told. Fits whatever is stored, unless that
        /// is of a higher term. The archive begins anew.
        case rewritten(RoomHeader, snapshot: [UInt8], isArchived: Bool)
        /// Nothing new: fits if the store has just this version.
        case confirmed
        /// Forgets the room, whatever version it has; its archive is kept until then (milliseconds since 1970).
        case removed(archivedUntil: Int64?)
    }

    public let room: RoomID
    public let term: Term
    public let epoch: Epoch
    /// The version of the room after this change.
    public let version: UInt64
    public let change: Change

    public init(room: RoomID, term: Term, epoch: Epoch, version: UInt64, change: Change) {
        self.room = room
        self.term = term
        self.epoch = epoch
        self.version = version
        self.change = change
    }
}

/// Everything the store has of one room.
public struct StoredRoom: Equatable, Sendable {
    public let header: RoomHeader
    public let term: Term
    /// That of the newest snapshot, or a higher one if the file was restored from a backup since.
    public let epoch: Epoch
    /// The newest snapshot and its version.
    public let snapshot: [UInt8]
    public let snapshotVersion: UInt64
    /// What was committed since, in order: the first one leads to `snapshotVersion + 1`.
    public let inputs: [[UInt8]]

    public init(
        header: RoomHeader, term: Term, epoch: Epoch, snapshot: [UInt8], snapshotVersion: UInt64, inputs: [[UInt8]]
    ) {
        self.header = header
        self.term = term
        self.epoch = epoch
        self.snapshot = snapshot
        self.snapshotVersion = snapshotVersion
        self.inputs = inputs
    }

    /// That of the newest input.
    public var version: UInt64 { snapshotVersion + UInt64(inputs.count) }
}
