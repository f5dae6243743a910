internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// One server process as its parts see it: what it is, and where to post what.
///
/// Everything in it is fixed when the server starts; what changes lives in the actors behind the mailboxes.
final class Node: Sendable {
    let facts: NodeFacts
    let limits: Limits
    let games: [String: GameSettings]
    let gatekeeper: Gatekeeper
    let publicURL: String?
    let tokens: TokenGate
    /// What an operator's requests must show; nil: there are none.
    let adminToken: Secret?
    let logger: Logger
    let metrics: Metrics
    let door: Door
    /// One for each loop.
    let loads: [LoadWatch]
    private let world: World
    let traps: TrapGuard

    let hubs: [LoopHub]
    let shards: [Mailbox<Shard.Message>]
    let clients: Mailbox<ClientManager.Message>
    let rooms: Mailbox<RoomManager.Message>

    init(
        facts: NodeFacts, limits: Limits, games: [String: GameSettings], gatekeeper: Gatekeeper, publicURL: String?,
        tokens: TokenGate = TokenGate(), adminToken: Secret? = nil, logger: Logger, loops: [any EventLoop],
        traps: TrapGuard,
        world: World = .real
    ) {
        self.facts = facts
        self.limits = limits
        self.games = games
        self.gatekeeper = gatekeeper
        self.publicURL = publicURL
        self.tokens = tokens
        self.adminToken = adminToken
        self.logger = logger
        self.world = world
        metrics = Metrics()
        door = Door(limits, metrics: metrics)
        self.traps = traps
        loads = loops.map { LoadWatch(loop: $0, logger: logger) }
        let metrics = metrics
        hubs = loops.enumerated().map { index, loop in
            let budget = OutboxBudget(total: limits.outboxTotalBytes, loops: loops.count)
            return LoopHub(loop: loop, index: index, budget: budget, metrics: metrics, wallClock: world.wallClock)
        }
        shards = loops.map { Mailbox(on: $0) }
        clients = Mailbox(on: loops[0])
        rooms = Mailbox(on: loops[0])
    }

    /// Where a room lives. The same for the life of the process.
    func shard(of room: RoomID) -> Mailbox<Shard.Message> {
        shards[Int(UInt(bitPattern: room.hashValue) % UInt(shards.count))]
    }

    /// Whether whoever plays should be left in peace by whoever comes.
    var isOverloaded: Bool { loads.contains { $0.isOverloaded } }

    func hub(on loop: any EventLoop) -> LoopHub? { hubs.first { $0.loop === loop } }

    func deliver(_ delivery: Delivery, to connection: ConnectionID) {
        hubs[connection.loop].post([Parcel(to: .one(connection), delivery: delivery)])
    }

    /// Sends one message to one connection, kept in order.
    func answer(_ text: [UInt8], to connection: ConnectionID) {
        deliver(.answer(Frame.text(text), to: .nothing), to: connection)
    }

    /// Milliseconds since 1970, for people and for records; nothing is ordered by it.
    func wallClock() -> Int64 { world.wallClock() }

    var entropy: Entropy { world.entropy }

    /// The invitation to a room: who opens it is in the room's page.
    func playURL(gameType: String, room: RoomID) -> String {
        "\(publicURL ?? "")/play/\(gameType)#room=\(room)"
    }
}
