internal import NIOCore
internal import SessionStore
internal import Synchronization

/// How the server is, for those who ask over HTTP.
final class ServerStatus: Sendable {
    private let node: Node
    private let clients: ClientManager
    private let rooms: RoomManager
    private let database: SQLiteDatabase?
    private let redis: RedisStores?
    private let started = ContinuousClock.now
    private let ready = Atomic<Bool>(false)
    /// What was found wrong with the database.
    private let damage = Mutex<StoreError?>(nil)

    init(
        node: Node, clients: ClientManager, rooms: RoomManager, database: SQLiteDatabase?, redis: RedisStores?
    ) {
        self.node = node
        self.clients = clients
        self.rooms = rooms
        self.database = database
        self.redis = redis
    }

    /// Whether players may come: not before everything is up, and not once the server drains.
    var isReady: Bool { ready.load(ordering: .relaxed) }
    func setReady(_ isReady: Bool) { ready.store(isReady, ordering: .relaxed) }

    /// The database is not what it should be, and will not get better by itself.
    func report(_ damage: StoreError) { self.damage.withLock { $0 = damage } }

    var uptime: Duration { started.duration(to: .now) }

    func counts() async -> ServerCounts {
        let (connections, users, byGame) = await clients.counts
        return ServerCounts(
            connections: connections, users: users, rooms: await rooms.directory.count, clientsByGame: byGame,
            pageConnections: node.door.pageConnections, owedBytes: node.hubs.map(\.budget.owed).reduce(0, +),
            lags: node.loads.map(\.lag), isOverloaded: node.isOverloaded)
    }

    struct StorePing: Sendable {
        let status: String
        var pingMilliseconds: Int?
        var error: String?
    }

    func pingStore() async -> StorePing {
        guard let database else { return StorePing(status: "memory") }
        if let damage = damage.withLock({ $0 }) { return StorePing(status: "damaged", error: damage.description) }
        do throws(StoreError) {
            let time = try await database.ping()
            return StorePing(status: "up", pingMilliseconds: Int(time.milliseconds))
        } catch {
            return StorePing(status: "down", error: error.description)
        }
    }

    /// nil: there is none.
    func redisHealth() async -> RedisHealth? { await redis?.health() }

    /// Sends a message through a loop, a shard and back, as a player's would go.
    /// - Returns: how long it took, in milliseconds; nil when nothing came back in time.
    func roundTrip() async -> Int? {
        guard let nobody = RoomID(rawValue: "health-check") else { return nil }
        let start = ContinuousClock.now
        for loop in node.hubs.indices {
            let promise = node.hubs[loop].loop.makePromise(of: RoomPeek?.self)
            let timeout = node.hubs[loop].loop.scheduleTask(in: Limits.healthTime) {
                promise.fail(ChannelError.connectTimeout(Limits.healthTime))
            }
            defer { timeout.cancel() }
            node.shards[loop].post(.peek(nobody, promise))
            do { _ = try await promise.futureResult.get() } catch { return nil }
        }
        return Int(start.duration(to: .now).milliseconds)
    }
}
