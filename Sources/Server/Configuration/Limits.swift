internal import NIOCore

/// Every bound of the server, each with the reason for its value. What an operator may change is a property, 0 meaning no
/// limit; the rest is constant. How deep JSON may be nested is `JSONScanner.maxDepth`, because RoomEngine needs it too;
/// what `games.json` may say is in ``GameBounds``.
///
/// A time is a `TimeAmount` where an event loop counts it, and else a `Duration`.
struct Limits: Equatable, Sendable {
    // MARK: What an operator may change

    /// What a small machine serves at ease; the operator of a larger one says so.
    var maxConnections = 15_000
    /// A school or an office shares one address; more than this is rather one machine.
    var maxConnectionsPerAddress = 1000
    /// All devices and pages of one person.
    var maxConnectionsPerUser = 16
    /// More than the connections can fill with two players each, so that only rooms nobody enters meet it.
    var maxRooms = 20_000
    /// A person plays one game and watches a few.
    var maxRoomsPerClient = 4
    /// How many rooms that still live may have been made from one address: a class playing in pairs, with room to spare.
    var maxRoomsPerAddress = 200
    /// Twice what a page sends that moves with every frame of its screen.
    var messagesPerSecond = 120
    /// A page is some twenty files: ten people a second come to see it from one address. 0 means no limit.
    var requestsPerSecondPerAddress = 200
    /// Ten a second: everybody behind one address coming back from the same break.
    var joinsPerMinutePerAddress = 600
    /// What a connection may be owed: the largest view four times over, or some seconds of Pong.
    var outboxBytes = 256 * 1024
    /// How long it may be owed more than that: a train in a tunnel, but not a page that was put to sleep.
    var outboxTime = Duration.seconds(10)
    /// What all connections together may be owed: a thousand of them at their bound, on a machine of a gigabyte.
    var outboxTotalBytes = 256 * 1024 * 1024

    /// Seats taken from one address, held ones too: everybody there plays, and left another game a moment ago. 0 means no
    /// limit.
    var maxSeatsPerAddress: Int { 2 * maxConnectionsPerAddress }
    /// Bots added from one address: two for each room that it may have. 0 means no limit.
    var maxBotsPerAddress: Int { 2 * maxRoomsPerAddress }

    // MARK: Messages

    /// Moves and chat are far smaller; what is larger is no message of this protocol.
    static let messageBytes = 16 * 1024
    /// What a room may tell of its state at once: it goes to everybody in it, many times a second.
    static let viewBytes = 64 * 1024
    /// What a room may be in the store: four views, for its secrets, its history and its receipts.
    static let snapshotBytes = 256 * 1024
    /// Options are a few numbers and words, and stand in every row of the room's lists.
    static let optionsBytes = 4 * 1024
    /// Enough for a time and a number, too little to use the server as an echo.
    static let pingBytes = 256
    /// A name must fit the line of a player list...
    static let nameGraphemes = 32
    /// ...in any script, but not with a tower of marks on each letter.
    static let nameBytes = 128
    /// A few sentences...
    static let chatScalars = 500
    /// ...in any script.
    static let chatBytes = 2000
    /// What somebody who joins can still follow.
    static let chatLines = 50
    /// How many past events a join may ask for; whoever comes back gets all that are kept.
    static let wantedHistory = 50

    // MARK: One client

    /// As many as a seat has receipts, so that an unanswered move is always found again.
    static let unansweredMoves = 16
    /// As many as moves: whoever repeats a join does so within seconds.
    static let rememberedJoins = 16
    /// Mistakes are answered at this rate: a page with a bug is told what is wrong with it...
    static let violationsPerSecond = 10.0
    /// ...but one that makes nothing else is closed.
    static let violationsInABurst = 300.0
    /// A quick talker; each line goes to everybody in the room...
    static let chatPerSecond = 4.0
    /// ...who keep the last ``chatLines``: not more than that at once.
    static let chatInABurst = 60.0
    /// What a wrong guess weighs among mistakes: thirty at once, then one a second, of 2^128 names.
    static let guessCost = 10.0
    /// Rooms that one connection looks at without playing: as many boards as fit a screen.
    static let watchedRooms = 16
    /// An outbox this many times over its bound will not be read in time any more: it is not waited for.
    static let outboxExcess = 4

    // MARK: Load

    /// How often a loop's lag is measured: ten times in the second after which people notice it.
    static let lagInterval = TimeAmount.milliseconds(100)
    /// A new measurement counts for an eighth, so that one long step is no overload.
    static let lagSmoothing: Int64 = 8
    /// A game that answers later than this is no longer played but waited for.
    static let lagOfOverload = TimeAmount.milliseconds(250)
    /// When somebody who was not let in asks again: as long as an overload takes to pass.
    static let overloadRetry = Duration.seconds(5)

    // MARK: Connections

    /// Shorter than the time after which home routers and proxies forget a silent connection.
    static let heartbeat = TimeAmount.seconds(15)
    /// Connections are looked at once a second, but not thousands at once: so many take some tenths of a millisecond.
    static let heartbeatPart = 128
    /// Of those so many are pinged, who may all have come at one moment and have been silent since: a fifth of a millisecond
    /// of writing.
    static let heartbeatPings = 16
    /// In a real-time game the others wait for whoever is gone.
    static let realTimeHeartbeat = TimeAmount.seconds(2)
    /// One ping may be lost with a change of network; two in a row are no accident.
    static let unansweredPings = 2
    /// How long the first request of a connection may take: slow phones need two or three seconds, slowloris for ever.
    static let firstRequestDeadline = TimeAmount.seconds(10)
    /// How long a peer that was told to close is waited for.
    static let closeTime = TimeAmount.seconds(2)
    /// What such a peer may still send: all its unanswered moves, each as large as a message may be.
    static let closingBytes = unansweredMoves * messageBytes
    /// A request by HTTP says no more than a message does.
    static let httpBodyBytes = 16 * 1024
    /// One header of a request: the longest token that a user can have, with room to spare.
    static let headerBytes = 8 * 1024
    /// All of them; what other servers take too.
    static let headBytes = 16 * 1024
    /// A browser sends twenty, and proxies a few more.
    static let headers = 64
    /// In seconds' worth of requests: a hundred people and more who open the page in the same moment.
    static let requestBurst = 20.0
    /// Connections of pages, all together: what sockets leave of the 20,000 files that a system gives.
    static let pageConnections = 4096
    /// Sockets that are opened, in a second: half of what one core does besides its games.
    static let handshakesPerSecond = 1000.0
    /// From one address: a school that has all come back goes on at this rate.
    static let handshakesPerSecondPerAddress = 200.0
    /// What the kernel keeps for a peer that does not read; it takes twice that. Some seconds of Pong.
    static let sendBufferBytes = 64 * 1024
    /// What it keeps of a client that is not read: a few messages.
    static let receiveBufferBytes = 32 * 1024
    /// What is given to a socket before it takes it. Beyond, things wait in the outbox, where they are replaced and counted.
    static let writeBufferBytes = 32 * 1024
    /// So much of what a client is owed is copied into one piece before it is written: an answer, some events and a state.
    static let gatheredBytes = 4 * 1024
    /// So many spectators are written to before players are looked after again: a millisecond of writing. Fewer would put
    /// the loop to sleep more often, which costs more than some writes.
    static let galleryTurns = 128
    static let galleryGlance = TimeAmount.microseconds(20)
    /// Mailboxes that a move passes from its socket to those who are told: its room's shard and the hub.
    static let hopsOfMove = 2
    /// Where more than so many are told in a row a crowd is watching...
    static let crowd = 1024
    /// ...and then players wait for a third of a millisecond at most, and have half of the loop's time for themselves.
    static let crowdTurns = 32
    static let crowdPause = TimeAmount.microseconds(300)
    /// What a room may have said to spectators that some of them were not told: what an outbox may hold, half of it. Beyond,
    /// all of them are told at once.
    static let galleryBytes = 128 * 1024
    /// What is read at once: one message of the largest.
    static let readBytes = 16 * 1024

    // MARK: Sessions and seats

    /// Longer than any seat may be held (``GameBounds/grace``): no session is gone before its seat.
    static let sessionLife = Duration.seconds(48 * 3600)
    /// How long a stored session may go on to speak of a seat that was given up: the room is asked anyway.
    static let sessionDelay = TimeAmount.milliseconds(250)
    /// How often the stores are asked to forget expired sessions and archives: they cost nothing but their place.
    static let sweep = Duration.seconds(600)
    /// How long a client is told that its seat was given up, and not that there never was one.
    static let expiredSeatMemory = Duration.seconds(600)

    // MARK: Rooms and lists

    /// How long a room waits for the first to enter: as long as an invitation takes to be read.
    static let neverEnteredRoom = Duration.seconds(600)
    /// How long a room is kept that all have left: somebody may have hit the wrong button.
    static let emptyRoom = Duration.seconds(60)
    /// How long a finished room is kept for a rematch or a look at the board.
    static let finishedRoom = Duration.seconds(600)
    /// As many rooms as a person looks through; the total says how many more there are.
    static let lobbyList = 100
    /// Each of them is written to four times a second while rooms come and go.
    static let lobbyWatchers = 5000
    /// Four times a second is as often as a list can change and still be read.
    static let lobbyInterval = TimeAmount.milliseconds(250)
    /// A page of rooms when its size is not said...
    static let roomsPage = 50
    /// ...and at most.
    static let roomsPageMost = 200
    /// Requests with an `Idempotency-Key` that are remembered: whoever repeats one does so within seconds.
    static let rememberedOrders = 1000
    /// Addresses whose joins are counted; beyond it all are forgotten, which forgives rather than refuses.
    static let rememberedAddresses = 50_000

    /// What a message costs beside its kind: reading one of the largest is as much work as eight small ones.
    static func cost(ofBytes count: Int) -> Double { Double(count / 2048) }
}
