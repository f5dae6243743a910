public import GameKitProtocol

/// Somebody who takes a seat, as the server introduces them.
public struct Newcomer: Codable, Equatable, Sendable {
    /// The public name of a person in a room, made by the server.
    public var playerId: String
    /// For people to read; checked by the server.
    public var name: String
    /// The digest of the client's secret: whoever proves it has the seat. nil for a bot.
    public var holder: String?
    /// A digest of the user the client is known as, if any: nobody has two seats in a room.
    public var user: String?
    /// Set for a bot alone.
    public var level: BotLevel?

    public init(playerId: String, name: String, holder: String?, user: String? = nil, level: BotLevel? = nil) {
        self.playerId = playerId
        self.name = name
        self.holder = holder
        self.user = user
        self.level = level
    }
}

/// Who sits on a seat, and all that the room knows of them.
public struct Occupant: Codable, Equatable, Sendable {
    public let playerId: String
    public let name: String
    public private(set) var holder: String?
    public let user: String?
    public let level: BotLevel?
    /// The version at which the seat was taken: the lowest of the people is the host.
    public let since: UInt64
    public internal(set) var isConnected = true
    public internal(set) var isReady = false
    /// Whether this player wants another round.
    @usableFromInline var hasVoted = false
    /// When the seat is given up unless its player is back.
    @usableFromInline var graceEnds: Duration?
    @usableFromInline var receipts = MoveReceipts()

    public var isBot: Bool { level != nil }

    /// Another client holds the seat now. The ids of its moves are its own: those of the one before mean nothing.
    mutating func hold(by holder: String?) {
        self.holder = holder
        receipts = MoveReceipts()
    }

    init(_ newcomer: Newcomer, since: UInt64) {
        playerId = newcomer.playerId
        name = newcomer.name
        holder = newcomer.holder
        user = newcomer.user
        level = newcomer.level
        self.since = since
    }
}
