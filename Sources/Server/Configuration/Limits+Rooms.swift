internal import NIOCore

/// The bounds that rooms keep to inside the server, beside those that people meet.
extension Limits {
    /// How many pieces a message may come in: no browser sends more than one.
    static let fragments = 128
    /// How long a deep health check waits for its message to come back.
    static let healthTime = TimeAmount.seconds(2)
    /// A UUID with a prefix; what is longer is no key.
    static let idempotencyKeyBytes = 128
    /// How long a page's connection may be silent between two requests.
    static let idleHTTP = Duration.seconds(30)

    /// After this many logged inputs a room's state is stored whole, so that loading replays no more than these.
    static let inputsPerSnapshot = 64
    /// What a real-time room may be told between two snapshots before it gets one: some minutes of two quick players.
    static let mostEntriesOnTape = 4096
    /// How many rooms are fetched at once after a start: few enough that one somebody asks for is not held up.
    static let recoveredAtOnce = 64
    /// How long a store that does not answer after a start is left alone.
    static let recoveryRetry = Duration.seconds(5)
    /// What may be said to a room while it is fetched from the store.
    static let waitingForRoom = 1000
    /// How soon a room that people are in is asked for again when the store did not answer.
    static let storeRetry = TimeAmount.seconds(1)

    /// After so long, and then twice as long each time, rooms are asked again to move from SQLite to Redis.
    static let owedRetry = Duration.seconds(1)
    /// Of them at a time.
    static let owedAtOnce = 1000
    /// Of another server's name in the log.
    static let ownerBytes = 256
    /// What a server has open besides its players' connections: files, loops, listeners, requests of pages.
    static let ownFiles = 256
    /// A certificate that ends sooner should have been renewed: those that renew themselves do so a month before.
    static let certificateDays = 14
    /// In seconds. Clocks that are set by the network are closer than this.
    static let clockDifference = 1.0

    /// Spectators come and go in crowds: their number is told once in this time.
    static let spectatorsInterval = TimeAmount.seconds(1)
    /// Somebody who gave no name.
    static let defaultName = "Guest"

    /// How long a bot lets its opponent look at the board.
    static let botThinking = TimeAmount.milliseconds(700)
    /// How often a bot looks at a real-time game: a tenth of a second is a quick person's reaction.
    static let botReaction = TimeAmount.milliseconds(100)
    /// After a longer stall a real-time game goes on from now instead of racing through what it missed.
    static let mostTicksBehind = TimeAmount.milliseconds(100)
}
