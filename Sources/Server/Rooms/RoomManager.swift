internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// Which rooms there are: makes them, finds them, seats strangers together, and keeps the lobby. One for the server; it
/// hears of joins and of changes that lists show, never of moves.
actor RoomManager: LoopActor {
    enum Message: Sendable {
        case place(Placement)
        /// The session of a client that is to be seated is safe, or not.
        case noted(Placement, Choice, StoreError?)
        /// A room that was not known was looked for in the store.
        case looked(Placement)
        /// A promised join has arrived.
        case settled(RoomID)
        /// A room came out of the store.
        case found(RoomHeader)
        case changed(RoomRow)
        case removed(RoomID)
        case list(ConnectionID, MessageID?, gameType: String?)
        case watch(ConnectionID, MessageID?, gameType: String?)
        case unwatch(ConnectionID, MessageID?)
        case create(RoomOrder, EventLoopPromise<RoomID>)
        case page(RoomQuery, EventLoopPromise<RoomPage>)
        /// All rooms in the store are known.
        case recovered
        case drain
    }

    /// Which room a join is for.
    struct Choice: Sendable {
        let room: RoomID
        /// Set when the room is yet to be made.
        let isNew: NewRoom?
        let isPromised: Bool
    }

    private nonisolated let executor: any NIOSerialEventLoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let mailbox: Mailbox<Message>
    nonisolated let loop: any EventLoop

    let node: Node
    let clients: ClientManager
    var directory = RoomDirectory()
    /// The list of each game as it was last told to whoever asked without an id, and what it says.
    var listFrames: [String?: (text: [UInt8], frame: ByteBuffer)] = [:]
    var lobby = Lobby()
    var lobbyFlush: Scheduled<Void>?
    var joins: AddressRates
    private(set) var isDraining = false
    /// There may be rooms in the store that are not in the directory yet.
    private(set) var isRecovering = true
    /// Rooms made over HTTP by idempotency key, oldest first. A key is its creator's own: with another's anybody could ask
    /// for the id of a private room.
    var orders: [(key: String, creator: Creator, room: RoomID)] = []

    /// - Parameter clients: on the same loop.
    init(node: Node, clients: ClientManager, on loop: any EventLoop) {
        self.node = node
        self.clients = clients
        self.loop = loop
        let perMinute = Double(node.limits.joinsPerMinutePerAddress)
        joins = AddressRates(perSecond: perMinute / 60, burst: perMinute * 2)
        executor = loop.serialExecutor
        mailbox = node.rooms
        open()
    }

    func handle(_ messages: [Message]) {
        for message in messages {
            switch message {
            case .place(let placement):
                // Whoever joins has perhaps just left, and must not be led back to the seat that it no longer has.
                node.clients.catchUp()
                place(placement)
            case .noted(let placement, let choice, let error): noted(placement, choice, error)
            case .looked(let placement): place(placement, hasLooked: true)
            case .found(let header): restore(header)
            case .settled(let room): directory.settle(room)
            case .changed(let row):
                // A row that comes late is of a room that has ended.
                guard directory[row.id] != nil else { continue }
                lobby.changed(from: directory.update(row), to: row)
            case .removed(let room):
                lobby.changed(from: directory.remove(room), to: nil)
                clients.assumeIsolated { $0.roomEnded(room) }
            case .list(let connection, let id, let gameType): list(connection, id, gameType)
            case .watch(let connection, let id, let gameType): watch(connection, id, gameType)
            case .unwatch(let connection, let id): unwatch(connection, id)
            case .create(let order, let promise): create(order, promise)
            case .page(let query, let promise): promise.succeed(page(query))
            case .recovered: isRecovering = false
            case .drain: isDraining = true
            }
        }
        flushLobbySoon()
    }

    /// A room found in the store. Its shard tells more about it as soon as it may.
    private func restore(_ header: RoomHeader) {
        guard directory[header.id] == nil, let game = node.games[header.gameType] else { return }
        directory.add(
            RoomRow(
                id: header.id, gameType: header.gameType, options: nil, isPrivate: header.isPrivate,
                createdAt: header.createdAt, maxSeats: game.entry.manifest.seats.upperBound),
            creator: nil, isKnown: true)
    }
}
