internal import GameKitProtocol
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// A room in memory: the engine's room, and all about it that is no part of its history: who is connected, the chat, the
/// clocks. Owned by one shard and never seen outside it.
final class LiveRoom {
    let header: RoomHeader
    let game: GameSettings
    let options: CheckedOptions?
    let room: AnyRoom
    let term: Term
    /// The number of this history as clients see it.
    let epoch: Epoch
    /// The moment at which room time was zero, had the room never been unloaded.
    private let origin: NIODeadline
    /// The same in milliseconds since 1970.
    private let wallOrigin: Int64

    var audience = Audience()
    var chat: [ChatLine] = []
    /// Who gave up a seat by staying away, and when: they are told so for a while.
    var expired: [String: ExpiredSeat] = [:]

    /// The batch with the newest commit that something may rest on.
    var batch = 0
    /// Of the batches that are not safe, which event came before the first commit in it. At most two are under way: this
    /// is the newest, and the one before it.
    private var unsafeSince: (newest: Unsafe?, before: Unsafe?)
    /// The version that the newest commit led to.
    var committedVersion: UInt64
    /// How many inputs were logged since the last snapshot.
    var inputsSinceSnapshot = 0
    /// A periodic room has moved on since its last snapshot.
    var isDirty = false
    var nextSnapshot: NIODeadline
    /// It may be behind what was told of it, and so is in a new epoch.
    var isBehind = false
    /// It was stored under older rules, and must be stored anew before anything is told.
    var isMigrated = false
    /// What a periodic room was told since its last snapshot.
    var tape = Tape()

    /// When the shard looks at this room next.
    var wakeAt: NIODeadline?
    var botsMoveAt: NIODeadline?
    var botRandom: SeededRandom
    /// In a real-time game, what each bot did last.
    var lastBotMoves: [Seat: [UInt8]] = [:]
    var nextTick: NIODeadline?
    var botNumber = 0
    /// By player id, for whom each bot counts. Those that came out of the store count for nobody.
    var botLeases: [String: BotLease] = [:]

    /// What lists were last told.
    var listed: RoomRow.Status?
    var spectatorsTold = 0
    var tellSpectatorsAt: NIODeadline?

    init(
        header: RoomHeader, game: GameSettings, options: CheckedOptions?, room: AnyRoom, term: Term, epoch: Epoch,
        now: NIODeadline, wallClock: Int64, entropy: Entropy
    ) {
        self.header = header
        self.game = game
        self.options = options
        self.room = room
        self.term = term
        self.epoch = epoch
        committedVersion = room.status().version
        let age = room.now()
        origin = now - TimeAmount(age)
        wallOrigin = wallClock - age.milliseconds
        nextSnapshot = now
        botRandom = SeededRandom(key: (entropy.next(), entropy.next()))
    }

    /// A seat that was given up, and whose it was.
    struct ExpiredSeat {
        let at: NIODeadline
        let user: String?
    }

    private struct Unsafe {
        let batch: Int
        let seq: UInt64
    }

    var id: RoomID { header.id }
    var messages: RoomMessages { RoomMessages(room: id, epoch: epoch) }
    var manifest: GameManifest { game.entry.manifest }

    /// Whether inputs are wanted as log entries: for the store, or for the archive alone.
    var isLogging: Bool {
        switch game.durability {
        case .everyInput: true
        case .periodic: game.isArchived
        case .none: false
        }
    }

    func time(at now: NIODeadline) -> Duration { .nanoseconds((now - origin).nanoseconds) }
    func deadline(of time: Duration) -> NIODeadline { origin + TimeAmount(time) }
    func wallClock(of time: Duration) -> Int64 { wallOrigin + time.milliseconds }

    /// Notes that a step after event `seq` goes into a batch.
    func hold(in batch: Int, after seq: @autoclosure () -> UInt64) {
        guard unsafeSince.newest?.batch != batch else { return }
        unsafeSince = (Unsafe(batch: batch, seq: seq()), unsafeSince.newest)
    }

    /// Notes that all that is not safe is to be stored anew with a batch.
    func hold(anewIn batch: Int) {
        guard let first = unsafeSince.before ?? unsafeSince.newest else { return }
        unsafeSince = (Unsafe(batch: batch, seq: first.seq), nil)
    }

    /// The last event that was told if a batch, and all after it, are lost.
    func told(before batch: Int) -> UInt64 {
        if let before = unsafeSince.before, before.batch >= batch { return before.seq }
        if let newest = unsafeSince.newest, newest.batch >= batch { return newest.seq }
        return room.status().seq
    }

    func position() -> RoomPosition {
        let status = room.status()
        return RoomPosition(epoch: epoch, seq: status.seq, version: status.version)
    }

    /// The row that lists should show.
    func makeRow(_ facts: RoomFacts) -> RoomRow {
        let status = RoomRow.Status(
            phase: room.status().phase, isLocked: facts.isLocked,
            isAlive: facts.chairs.contains { chair in chair.map { !$0.isBot && $0.isConnected } ?? false },
            players: facts.players, spectators: audience.spectatorCount,
            users: Set(facts.chairs.compactMap { $0?.user.map(UserKey.init) }))
        return RoomRow(
            id: id, gameType: header.gameType, options: options, isPrivate: header.isPrivate,
            createdAt: header.createdAt, maxSeats: facts.chairs.count, status: status)
    }
}
