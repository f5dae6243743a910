/// What is remembered of an applied move that carried an id.
public struct MoveReceipt: Codable, Equatable, Sendable {
    /// Digests of the id, and of the move as it was understood.
    @usableFromInline let id: UInt64
    @usableFromInline let content: UInt64
    public let version: UInt64
    /// Room time.
    public let at: Duration

    @usableFromInline
    init(id: UInt64, content: UInt64, version: UInt64, at: Duration) {
        self.id = id
        self.content = content
        self.version = version
        self.at = at
    }
}

/// The last applied moves of one seat. A client has at most as many unanswered, so a move sent again is always found.
@usableFromInline
struct MoveReceipts: Codable, Equatable, Sendable {
    /// How many moves of one client may be unanswered.
    static let limit = 16

    private var receipts: [MoveReceipt] = []

    @usableFromInline
    subscript(id: UInt64) -> MoveReceipt? { receipts.last { $0.id == id } }

    @usableFromInline
    mutating func add(_ receipt: MoveReceipt) {
        if receipts.count == Self.limit { receipts.removeFirst() }
        receipts.append(receipt)
    }

    init() {}

    @usableFromInline
    init(from decoder: any Decoder) throws { receipts = try [MoveReceipt](from: decoder) }
    @usableFromInline
    func encode(to encoder: any Encoder) throws { try receipts.encode(to: encoder) }
}

/// The idempotency key of a move: a digest of the `id` that the client gave it. Not a secret, so under a fixed key.
public struct MoveID: RawRepresentable, Codable, Equatable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}
