import GameKitProtocol
import Logging
import NIOCore
import RoomEngine
import SessionStore

@testable import ParlorServer

/// One server process: the real shards, with their gates and engines, on two simulated loops. What they say to
/// connections goes to the simulated clients; sessions and lists are not part of it.
///
/// Unchecked, because a whole simulation runs in one thread.
final class House: @unchecked Sendable {
    private let agenda: Agenda
    private let chance: Chance
    private let loops: [SimulatedLoop]
    private let node: Node
    private let shards: [Shard]
    private var isDead = false
    /// What the shards have promised; the dead keep nothing, but say so.
    private var promises: [EventLoopPromise<Void>] = []
    /// Brings a delivery to a connection.
    var deliver: (ConnectionID, Delivery) -> Void = { _, _ in }

    init(
        number: Int, games: [GameSettings], agenda: Agenda, chance: Chance, store: FaultyStore,
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.agenda = agenda
        self.chance = chance
        let loops = (0..<2).map { _ in SimulatedLoop(agenda, chance) }
        self.loops = loops
        let entropy = SendableChance(chance: chance)
        guard let traps = try? TrapGuard(folder: nil, loops: 2, games: [], now: 0, logger: Logger(label: "simulation"))
        else { preconditionFailure("a guard without a folder cannot fail") }
        let node = Node(
            facts: NodeFacts(id: "house-\(number)", version: "0", heartbeatSeconds: 15, games: []), limits: Limits(),
            games: Dictionary(uniqueKeysWithValues: games.map { ($0.entry.manifest.type, $0) }),
            gatekeeper: Gatekeeper(
                hosts: [], allowedOrigins: AllowedOrigins(patterns: []), publicURL: nil, trustedProxies: []),
            publicURL: nil, logger: Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() }),
            loops: loops, traps: traps, world: World(wallClock: wallClock, entropy: Entropy { entropy.chance.next() }))
        self.node = node
        shards = loops.indices.map { Shard(node: node, store: store.handle(owner: number), index: $0) }
        for hub in node.hubs { hub.mailbox.open { [self] batches in for parcels in batches { carryOut(parcels) } } }
        node.clients.open { _ in }
        node.rooms.open { _ in }
    }

    private func carryOut(_ parcels: [Parcel]) {
        guard !isDead else { return }
        for parcel in parcels {
            switch parcel.to {
            case .one(let connection): deliver(connection, parcel.delivery)
            case .each(let connections): for connection in connections { deliver(connection, parcel.delivery) }
            // Nobody here only watches.
            case .gallery: break
            }
        }
    }

    func post(_ message: Shard.Message, to room: RoomID) {
        guard !isDead else { return }
        node.shard(of: room).post(message)
    }

    /// As after every start: every room is brought back, in no hurry.
    func recover(_ rooms: [RoomID]) {
        for room in rooms {
            agenda.add(in: chance.millis(1...60)) { [self] in
                guard !isDead else { return }
                post(.wake(room, promise(on: loops[0])), to: room)
            }
        }
    }

    func suspend(for time: TimeAmount) { for loop in loops { loop.suspend(for: time) } }

    /// Stops in good order, then tells.
    func stop(_ stopped: @escaping () -> Void) {
        let left = Left(count: shards.count, then: stopped)
        for (shard, loop) in zip(shards, loops) {
            let promise = promise(on: loop)
            promise.futureResult.whenSuccess { left.one() }
            shard.post(.stop(promise))
        }
    }

    func die() {
        guard !isDead else { return }
        isDead = true
        for loop in loops { loop.die() }
        for promise in promises { promise.fail(EventLoopError.shutdown) }
        node.close()
    }

    private func promise(on loop: SimulatedLoop) -> EventLoopPromise<Void> {
        let promise = loop.makePromise(of: Void.self)
        promises.append(promise)
        return promise
    }

    /// Both unchecked for the same reason as the house.
    private final class Left: @unchecked Sendable {
        private var count: Int
        private let then: () -> Void
        init(count: Int, then: @escaping () -> Void) { (self.count, self.then) = (count, then) }

        func one() {
            count -= 1
            if count == 0 { then() }
        }
    }

    private struct SendableChance: @unchecked Sendable {
        let chance: Chance
    }
}
