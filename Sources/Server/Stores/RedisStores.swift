internal import FoundationEssentials
internal import Logging
internal import NIOCore
internal import RedisClient
internal import SessionStore

/// Redis as a server has it: the connection for commands, the one that listens, and SQLite for when they fail.
final class RedisStores: Sendable {
    let rooms: any RoomStore
    let sessions: any SessionStore

    private let connection: RedisConnection
    private let subscriber: RedisSubscriber
    private let publisher: RedisPublisher
    /// nil: nothing stands in for Redis.
    private let fallback: FallbackSwitch?
    private let movingRooms: FallbackRoomStore?
    private let owner: String
    private let channel: String

    /// - Parameters:
    ///   - owner: who this server is to other servers on the same keys; the same after a restart.
    ///   - fallback: nil: there is none.
    init(
        _ settings: RedisSettings, owner: String, fallback database: SQLiteDatabase?, on loop: any EventLoop
    ) async throws(StoreError) {
        self.owner = owner
        channel = "\(settings.prefix)servers"
        let subscriber = RedisSubscriber(settings.connection, on: loop)
        self.subscriber = subscriber
        connection = RedisConnection(settings.connection, on: loop) { status in
            if status.phase == .ready { subscriber.follow(status.address) }
        }
        publisher = RedisPublisher(connection, on: loop)
        let clock = World.real.wallClock
        let keys = RedisKeys(prefix: settings.prefix)
        let redisRooms = RedisRoomStore(connection, keys: keys, clock: clock)
        let redisSessions = RedisSessionStore(connection, keys: keys, clock: clock)
        guard let database else {
            rooms = redisRooms
            sessions = redisSessions
            fallback = nil
            movingRooms = nil
            return
        }
        let pulse = RedisPulse(connection, keys: keys, owner: owner)
        let fallback = FallbackSwitch(probe: pulse.look, clock: clock)
        let movingRooms = try await FallbackRoomStore(primary: redisRooms, database: database, relay: fallback)
        self.movingRooms = movingRooms
        rooms = movingRooms
        sessions = try await FallbackSessionStore(primary: redisSessions, database: database, relay: fallback)
        self.fallback = fallback
    }

    /// Begins to look after Redis. Returns when it is known whether Redis is there.
    /// - Parameter mustConfirm: called when Redis may have less of the rooms than it was told.
    func start(logger: Logger, mustConfirm: @escaping @Sendable () -> Void) async {
        let owner = owner
        let other: @Sendable (String) -> Void = { name in
            logger.error(
                "another server uses the same Redis and prefix: they take each other's rooms",
                metadata: ["server": "\(name)"])
        }
        var listener = FallbackSwitch.Listener()
        listener.onSwitch = { state, reason in
            switch state {
            case .degraded:
                logger.warning("Redis is away: rooms and sessions are kept in SQLite", metadata: ["why": "\(reason)"])
            case .healthy: logger.notice("Redis serves: rooms and sessions are kept there")
            case .recovering: break
            }
        }
        listener.onDataLoss = { logger.error("Redis has lost its data: what this server knows is written again") }
        listener.onOtherOwner = other
        listener.onRecovered = mustConfirm
        listener.onSuspicion = mustConfirm
        await fallback?.listen(listener)
        await fallback?.start()
        subscriber.subscribe(channel) { message in
            let name = String(decoding: message.prefix(Limits.ownerBytes), as: UTF8.self)
            if name != owner { other(name) }
        }
        // Whoever hears it is here by mistake; nobody is waited for.
        Task { [publisher, channel] in _ = try? await publisher.publish(Array(owner.utf8), to: channel) }
    }

    /// The rooms that are in SQLite though Redis serves: each moves when its shard is asked to confirm it.
    func owedRooms() async -> [RoomHeader] {
        guard let movingRooms, await fallback?.status.state == .healthy else { return [] }
        return (try? await movingRooms.owedRooms(after: nil, limit: Limits.owedAtOnce)) ?? []
    }

    /// After the last commit.
    func stop() async {
        await fallback?.stop()
        await subscriber.close()
        await connection.close()
    }

    // MARK: Health

    func health() async -> RedisHealth {
        let start = ContinuousClock.now
        var error: String?
        do throws(RedisError) {
            _ = try await connection.send(RedisCommand("PING"))
        } catch let fault {
            error = fault.description
        }
        return RedisHealth(
            ping: error == nil ? start.duration(to: .now) : nil, error: error, fallback: await fallback?.status,
            commands: connection.status, subscriptions: subscriber.status, publications: publisher.counts)
    }
}

extension Configuration {
    /// Who this server is to others: the same after a restart, another one on another machine or folder.
    var owner: String {
        if let nodeID { return nodeID }
        let machine = ProcessInfo.processInfo.hostName
        switch data {
        case .memory: return "\(machine):\(ProcessInfo.processInfo.processIdentifier)"
        case .folder(let path): return "\(machine):\(URL(filePath: path).standardizedFileURL.path)"
        }
    }
}
