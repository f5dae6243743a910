internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import NIOEmbedded
internal import SessionStore
internal import Synchronization

@testable internal import ParlorServer
@testable internal import RoomEngine

/// A server without sockets on one loop that is driven by hand: all of it that is between the bytes that a client sends
/// and those that it gets.
final class HandServer {
    let loop = HandLoop()
    let node: Node
    private let shard: Shard
    private let managers: (ClientManager, RoomManager)

    init(_ game: GameEntry, durability: GameManifest.Durability, store: any RoomStore = MemoryRoomStore()) throws {
        var settings = GameSettings(game)
        settings.durability = durability
        settings.maxSpectators = 10_000
        var limits = Limits()
        // All clients are of one address, and more is said in no time than people ever do.
        limits.messagesPerSecond = 1_000_000
        limits.joinsPerMinutePerAddress = 60_000_000
        limits.maxConnectionsPerAddress = 0
        limits.maxRoomsPerAddress = 0
        let logger = Logger(label: "micro", factory: { _ in SwiftLogNoOpLogHandler() })
        node = Node(
            facts: NodeFacts(id: "hand", version: "0", heartbeatSeconds: 15, games: bytes("[]")), limits: limits,
            games: [game.manifest.type: settings],
            gatekeeper: Gatekeeper(
                hosts: [], allowedOrigins: AllowedOrigins(patterns: []), publicURL: nil, trustedProxies: []),
            publicURL: nil, logger: logger, loops: [loop],
            traps: try TrapGuard(folder: nil, loops: 1, games: [], now: 0, logger: logger), world: Self.world)
        shard = Shard(node: node, store: store, index: 0)
        let clients = ClientManager(node: node, store: MemorySessionStore(), on: loop)
        managers = (clients, RoomManager(node: node, clients: clients, on: loop))
        node.rooms.post(.recovered)
    }

    /// The same in every run.
    private static var world: World {
        let drawn = Mutex(SeededRandom(key: (1, 1)))
        return World(
            wallClock: { 1_712_345_678_901 }, entropy: Entropy { drawn.withLock { $0.next() } })
    }

    /// A room with its players, who have read all that there was.
    func makeRoom(_ name: String, players: Int, spectators: Int = 0) throws -> [HandClient] {
        guard let (type, game) = node.games.first else { return [] }
        let room = try Workload.roomID(name)
        let options = try game.entry.options(bytes("{}"), game.options)
        shard.post(
            .create(NewRoom(header: RoomHeader(id: room, gameType: type, createdAt: 0), options: options), nil))
        loop.run()
        let clients = try (0..<players + spectators).map { number in
            let client = try HandClient(self, "\(name)-\(number)")
            var join = JoinRequest()
            join.isSpectator = number >= players
            shard.post(
                .join(room, JoinOrder(sender: client.sender, id: nil, join: join, isPromised: false)))
            loop.run()
            guard client.take() > 1 else { throw Unfit("nobody was let in") }
            return client
        }
        for client in clients { client.take() }
        return clients
    }
}

/// A client of it: what it sends is read by a real connection.
final class HandClient {
    private let channel: EmbeddedChannel
    private let loop: HandLoop
    let sender: Sender

    init(_ server: HandServer, _ name: String) throws {
        let connection = Connection(
            node: server.node, hub: server.node.hubs[0],
            arrival: .init(address: ClientAddress(nil), gameType: nil, admission: .admitted, proof: nil))
        channel = EmbeddedChannel(handler: connection)
        loop = server.loop
        guard let id = connection.id else { throw Unfit("a connection that was not opened") }
        sender = Sender(connection: id, client: ClientKey(rawValue: name), user: nil, address: ClientAddress(nil))
    }

    func send(_ frame: ByteBuffer) {
        do { try channel.writeInbound(frame) } catch { preconditionFailure("not read: \(error)") }
    }

    /// Sends, and takes what comes of it.
    func ask(_ frame: ByteBuffer, frames: Int) {
        send(frame)
        var taken = 0
        loop.run {
            taken += take()
            return taken >= frames
        }
        precondition(taken == frames, "\(taken) frames came")
    }

    /// Takes all that was written to it.
    /// - Returns: how many frames that were.
    @discardableResult
    func take() -> Int {
        var count = 0
        while let written = try? channel.readOutbound(as: ByteBuffer.self) {
            keep(written)
            count += frames(in: written)
        }
        return count
    }

    /// Several may be written as one piece. A server's are not masked (RFC 6455, section 5.2).
    private func frames(in written: ByteBuffer) -> Int {
        var (written, count) = (written, 0)
        while let head: UInt16 = written.readInteger() {
            let length =
                switch head & 0x7f {
                case 126: written.readInteger(as: UInt16.self).map(Int.init)
                case 127: written.readInteger(as: UInt64.self).map(Int.init)
                case let length: Int(length)
                }
            guard let length, written.readSlice(length: length) != nil else { preconditionFailure("half a frame") }
            count += 1
        }
        return count
    }
}
