internal import GameKitProtocol
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import RoomEngine
internal import ServiceLifecycle
internal import SessionStore

/// A whole server: makes the parts, wires them, brings rooms back, listens, and ends in good order.
final class Server: Sendable {
    static let version = "0.1.0"

    let node: Node
    private let configuration: Configuration
    private let group: MultiThreadedEventLoopGroup
    private let database: SQLiteDatabase?
    private let redis: RedisStores?
    private let roomStore: any RoomStore
    private let clients: ClientManager
    private let rooms: RoomManager
    private let shards: [Shard]
    private let status: ServerStatus
    private let logger: Logger

    /// - Parameter stores: nil: the ones that the configuration names.
    /// - Throws: a store error when the data folder cannot be used.
    init(_ configuration: Configuration, logger: Logger, stores: Stores? = nil) async throws(StoreError) {
        self.configuration = configuration
        self.logger = logger
        group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads ?? System.coreCount)
        let loops = Array(group.makeIterator())
        // The store first: whoever has the folder has the records in it.
        let stores = if let stores { stores } else { try await Stores(configuration, on: loops[loops.count - 1]) }
        let traps = try TrapGuard(
            folder: configuration.data.folder, loops: loops.count, games: configuration.games,
            now: World.real.wallClock(), logger: logger)
        let denyList = if let folder = configuration.data.folder { try DenyList(folder: folder) } else { DenyList() }
        let tokens = TokenGate(configuration.auth, denyList: denyList, logger: logger)
        node = Node(configuration, loops: loops, tokens: tokens, traps: traps, logger: logger)
        database = stores.database
        redis = stores.redis
        roomStore = stores.rooms
        clients = ClientManager(node: node, store: stores.sessions, on: loops[0])
        rooms = RoomManager(node: node, clients: clients, on: loops[0])
        let (node, roomStore) = (node, roomStore)
        shards = loops.indices.map { Shard(node: node, store: roomStore, index: $0) }
        status = ServerStatus(node: node, clients: clients, rooms: rooms, database: database, redis: redis)
    }

    /// From now on a trap of this process is recorded. Once in a process, and so not by tests of many servers.
    /// - Parameter supervisor: the process with which this one is to end, if there is one.
    func armTraps(supervisor: Int32?) { node.traps.arm(node.hubs.map(\.loop), supervisor: supervisor) }

    /// Runs until `stop` returns, then ends in good order.
    ///
    /// - Parameter onListening: told the port once players may come.
    func run(
        onListening: @escaping @Sendable (Int) async -> Void, until stop: @escaping @Sendable () async -> Void
    ) async throws {
        let (calls, called) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Whoever came before it is known whether Redis is there would be told to come again.
        await redis?.start(logger: logger) { called.yield() }
        await node.tokens.start()
        for load in node.loads { load.start() }
        let services = try makeServices { [status] port in
            status.setReady(true)
            await onListening(port)
        }
        let lifecycle = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, logger: Logger(label: "lifecycle", level: .critical)))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await lifecycle.run() }
            tasks.addTask { [self] in
                await stop()
                await drain()
                await lifecycle.triggerGracefulShutdown()
            }
            tasks.addTask { [self] in
                async let checked: Void = checkDatabase()
                async let confirmed: Void = confirmRooms(whenever: calls)
                await recoverRooms()
                // Some of what came out of SQLite may belong to Redis again.
                called.yield()
                await checked
                await keepStoresSmall()
                await confirmed
            }
            // The lifecycle ends by itself only when it failed, to listen for one.
            try await tasks.next()
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
        await end()
    }

    // MARK: Starting

    /// Brings back all rooms, so that their timers run and they are found; whoever comes back to one does not wait for
    /// the others.
    private func recoverRooms() async {
        var count = 0
        var last: RoomID?
        while !Task.isCancelled {
            do throws(StoreError) {
                let headers = try await roomStore.headers(after: last, limit: Limits.recoveredAtOnce)
                guard let newest = headers.last else { break }
                last = newest.id
                let known = headers.filter { node.games[$0.gameType] != nil }
                let sound = await node.traps.quarantine(known, in: roomStore, archivedUntil: archivedUntil)
                for wake in sound.map(wake) { try? await wake.get() }
                count += sound.count
            } catch {
                logger.warning(
                    "rooms not recovered yet, but for those that are asked for", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Limits.recoveryRetry)
                // Another store may have answered up to here.
                last = nil
            }
        }
        node.rooms.post(.recovered)
        if count > 0 { logger.info("rooms recovered", metadata: ["rooms": "\(count)"]) }
    }

    /// Whenever Redis may have less of the rooms than it was told: has every shard ask, and store again what is missing.
    private func confirmRooms(whenever calls: AsyncStream<Void>) async {
        guard let redis else { return }
        for await _ in calls {
            await confirm(await rooms.directory.knownRooms)
            var pause = Limits.owedRetry
            // Those that nobody had in memory come too.
            while !Task.isCancelled {
                let owed = await redis.owedRooms().filter { node.games[$0.gameType] != nil }
                guard !owed.isEmpty else { break }
                await confirm(owed.map(\.id))
                try? await Task.sleep(for: pause)
                pause *= 2
            }
        }
    }

    private func confirm(_ rooms: [RoomID]) async {
        var rest = rooms[...]
        while !rest.isEmpty, !Task.isCancelled {
            for confirmed in rest.prefix(Limits.recoveredAtOnce).map(confirm) { try? await confirmed.get() }
            rest = rest.dropFirst(Limits.recoveredAtOnce)
        }
    }

    private func confirm(_ room: RoomID) -> EventLoopFuture<Void> {
        let promise = group.next().makePromise(of: Void.self)
        node.shard(of: room).post(.confirm(room, promise))
        return promise.futureResult
    }

    /// After an unclean end: reads the whole database beside everything else, and says whether it is sound.
    private func checkDatabase() async {
        guard let database, database.endedUncleanly else { return }
        do throws(StoreError) {
            try await database.checkIntegrity()
            logger.info("the last server on this folder did not end in good order; its database is sound")
        } catch {
            guard !Task.isCancelled else { return }
            status.report(error)
            logger.error("the database must be looked at: restore a backup", metadata: ["why": "\(error)"])
        }
    }

    /// Has the stores forget what nobody may come back to, until the server ends.
    private func keepStoresSmall() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Limits.sweep)
            await clients.forgetExpired()
            do throws(StoreError) {
                try await roomStore.removeExpiredArchives(now: node.wallClock())
            } catch {
                logger.warning("expired archives not removed", metadata: ["error": "\(error)"])
            }
        }
    }

    private func archivedUntil(_ header: RoomHeader) -> Int64? {
        guard let game = node.games[header.gameType], game.isArchived else { return nil }
        return node.wallClock() + game.replayTime.milliseconds
    }

    private func wake(_ header: RoomHeader) -> EventLoopFuture<Void> {
        let promise = group.next().makePromise(of: Void.self)
        node.shard(of: header.id).post(.wake(header.id, promise))
        return promise.futureResult
    }

    private func makeServices(_ onListening: @escaping @Sendable (Int) async -> Void) throws -> [any Service] {
        let statusRoutes = StatusRoutes(node: node, status: status)
        let userRoutes = UserRoutes(node: node)
        let router = makeRouter()
        statusRoutes.add(to: router)
        RoomRoutes(node: node).add(to: router)
        PageRoutes(pages: Pages(folder: configuration.webFolder)).add(to: router)
        guard let ops = configuration.opsListen else {
            statusRoutes.addDetails(to: router)
            userRoutes.add(to: router)
            return [try makeApplication(router, configuration.host, configuration.port, onListening)]
        }
        let opsRouter = makeRouter()
        statusRoutes.add(to: opsRouter)
        statusRoutes.addDetails(to: opsRouter)
        userRoutes.add(to: opsRouter)
        return [
            try makeApplication(router, configuration.host, configuration.port, onListening),
            try makeApplication(opsRouter, ops.host, ops.port) { _ in },
        ]
    }

    private func makeRouter() -> Router<HTTPContext> {
        let router = Router(context: HTTPContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: HTTPGuard(gatekeeper: node.gatekeeper, door: node.door, headers: headers, logger: logger))
        return router
    }

    private var headers: SecurityHeaders { SecurityHeaders(isTLS: configuration.tls != nil) }

    private func makeApplication(
        _ router: Router<HTTPContext>, _ host: String, _ port: Int,
        _ onListening: @escaping @Sendable (Int) async -> Void
    ) throws -> any Service {
        let (node, headers) = (node, headers)
        let plain = HTTPServerBuilder { responder in
            ListenerChannel(responder: responder, node: node, headers: headers)
        }
        return Application(
            router: router, server: try configuration.tls.map { try HTTPServerBuilder.tls(plain, files: $0) } ?? plain,
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(group), logger: Logger(label: "http", level: .critical))
    }

    // MARK: Ending

    /// Tells everybody to come back, and gives games a moment.
    private func drain() async {
        status.setReady(false)
        node.rooms.post(.drain)
        let most = Int64(configuration.drainTime.milliseconds)
        for hub in node.hubs {
            hub.broadcast {
                let wait = Duration.milliseconds(Int64.random(in: 0...max(1, most)))
                return .message(Frame.text(ServerMessage.draining(reconnectAfter: wait)))
            }
        }
        let counts = await clients.counts
        if counts.connections > 0 { try? await Task.sleep(for: configuration.drainTime) }
        for hub in node.hubs { hub.broadcast { .close(.goingAway) } }
    }

    /// Stores what is not stored yet and lets go of everything.
    private func end() async {
        for (shard, hub) in zip(shards, node.hubs) {
            let promise = hub.loop.makePromise(of: Void.self)
            shard.post(.stop(promise))
            try? await promise.futureResult.get()
        }
        await redis?.stop()
        await database?.close()
        node.close()
        // The loops end with the process: what HTTP connections still have to say to theirs finds it running.
    }
}

extension HTTPServerBuilder {
    fileprivate static func tls(_ base: HTTPServerBuilder, files: TLSFiles) throws -> HTTPServerBuilder {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
        return try .tls(base, tlsConfiguration: configuration)
    }
}

extension Logger {
    fileprivate init(label: String, level: Level) {
        self.init(label: label)
        logLevel = level
    }
}

extension Node {
    convenience init(
        _ configuration: Configuration, loops: [any EventLoop], tokens: TokenGate, traps: TrapGuard, logger: Logger
    ) {
        let offered = configuration.games.filter { !traps.sentence.games.contains($0.entry.manifest.type) }
        let games = offered.map { settings in
            var object = JSONObject()
            let manifest = settings.entry.manifest
            object.set("gameType", manifest.type)
            object.set("name", manifest.name)
            object.set("minSeats", manifest.seats.lowerBound)
            object.set("maxSeats", manifest.seats.upperBound)
            object.set("tickRate", manifest.ticksPerSecond)
            return object.closed()
        }
        var list = JSONObject()
        list.set("games", array: games)
        // The list alone, without the object around it.
        let text = Array(list.closed().dropFirst(#"{"games":"#.utf8.count).dropLast())
        self.init(
            facts: NodeFacts(
                id: configuration.nodeID ?? RandomText.readable(length: 8), version: Server.version,
                heartbeatSeconds: Limits.heartbeat.nanoseconds / 1_000_000_000, games: text),
            limits: configuration.limits,
            games: Dictionary(offered.map { ($0.entry.manifest.type, $0) }) { first, _ in first },
            gatekeeper: Gatekeeper(
                hosts: configuration.allowedHosts.union([configuration.host]),
                allowedOrigins: configuration.allowedOrigins, publicURL: configuration.publicURL,
                trustedProxies: configuration.trustedProxies),
            publicURL: configuration.publicURL?.description, tokens: tokens, adminToken: configuration.adminToken,
            logger: logger, loops: loops, traps: traps)
    }

    /// Lets go of the actors: nothing is handled from now on.
    func close() {
        for load in loads { load.stop() }
        for hub in hubs { hub.mailbox.close() }
        for shard in shards { shard.close() }
        clients.close()
        rooms.close()
    }
}
