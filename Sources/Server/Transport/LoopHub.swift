internal import DequeModule
internal import NIOCore
internal import SessionStore

/// The connections of one event loop: where shards and managers bring what is owed to them.
///
/// A pass hands out all parcels first and then lets each connection that got something write once. Those who only watch come
/// after that, some in each pass (``Gallery``).
actor LoopHub: LoopActor {
    private nonisolated let executor: any NIOSerialEventLoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let mailbox: Mailbox<[Parcel]>
    nonisolated let loop: any EventLoop
    /// Which of the server's loops this is.
    nonisolated let index: Int
    /// What the connections of this loop are owed together.
    nonisolated let budget: OutboxBudget
    nonisolated let metrics: Metrics
    private nonisolated let wallClock: @Sendable () -> Int64
    nonisolated let patches: NIOLoopBoundBox<SharedPatches>

    private struct Slot {
        var connection: Connection?
        /// The serial number of that connection: who is sought is told from whoever was here before without a look at it.
        var serial: UInt64
    }

    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var serial: UInt64 = 0
    /// What is to be written to at the end of this pass.
    var touched: [Connection] = []
    private var heartbeat: Scheduled<Void>?
    private var round = HeartbeatRound()

    /// Who watches what.
    var galleries: [Watched: Gallery] = [:]
    /// Where somebody was not told everything, in the order of their turns.
    var newsworthy: Deque<Watched> = []
    /// How many were told since all were told everything.
    var turnsInARow = 0
    /// When more of them are told.
    var nextTurns: Scheduled<Void>?

    init(
        loop: any EventLoop, index: Int, budget: OutboxBudget, metrics: Metrics,
        wallClock: @escaping @Sendable () -> Int64
    ) {
        self.loop = loop
        self.index = index
        self.budget = budget
        self.metrics = metrics
        self.wallClock = wallClock
        patches = .makeBoxSendingValue(SharedPatches(), eventLoop: loop)
        executor = loop.serialExecutor
        mailbox = Mailbox(on: loop)
        open()
    }

    func add(_ connection: Connection) -> ConnectionID {
        serial += 1
        let slot = freeSlots.popLast() ?? slots.count
        let entry = Slot(connection: connection, serial: serial)
        if slot == slots.count { slots.append(entry) } else { slots[slot] = entry }
        if heartbeat == nil { beatLater(in: HeartbeatRound.time) }
        return ConnectionID(loop: index, slot: slot, serial: serial)
    }

    /// - Parameter rooms: where it was.
    func remove(_ id: ConnectionID, from rooms: some Sequence<RoomID>) {
        guard let connection = connection(id) else { return }
        for room in rooms { leave(.room(room), id) }
        if let list = connection.lobby { leave(.lobby(list), id) }
        slots[id.slot].connection = nil
        freeSlots.append(id.slot)
    }

    func handle(_ messages: [[Parcel]]) {
        // Nothing else can come for any of them: each is written to at once.
        if messages.count == 1, messages[0].count == 1, newsworthy.isEmpty {
            handOut(alone: messages[0][0])
        } else {
            for parcels in messages { for parcel in parcels { handOut(parcel) } }
            flushTouched()
        }
        if nextTurns == nil { takeTurns() }
        keepToBudget()
    }

    private func handOut(_ parcel: Parcel) {
        switch parcel.to {
        case .one(let id): deliver(parcel.delivery, to: id)
        case .each(let ids): for id in ids { deliver(parcel.delivery, to: id) }
        case .gallery(let watched): tell(watched, parcel.delivery)
        }
    }

    private func deliver(_ delivery: Delivery, to id: ConnectionID) {
        guard let connection = connection(id) else { return }
        if !newsworthy.isEmpty { catchUp(connection, id) }
        if connection.deliver(delivery) { touched.append(connection) }
        seat(id, as: delivery)
    }

    private func handOut(alone parcel: Parcel) {
        var sent = Metrics.Sent()
        switch parcel.to {
        case .one(let id):
            connection(id)?.deliver(alone: parcel.delivery, &sent)
            seat(id, as: parcel.delivery)
        case .each(let ids): for id in ids { connection(id)?.deliver(alone: parcel.delivery, &sent) }
        case .gallery(let watched): tell(watched, parcel.delivery)
        }
        metrics.sent(sent)
    }

    func flushTouched() {
        let connections = touched
        touched.removeAll(keepingCapacity: true)
        for connection in connections { connection.flush() }
    }

    /// Ends the connections that are owed most while all together are owed too much.
    func keepToBudget() {
        guard budget.isExceeded else { return }
        for connection in budget.sacrifices(among: slots.compactMap { $0.connection.map { ($0, $0.owed) } }) {
            metrics.refused(.allOutboxes)
            connection.close(.slowConsumer)
        }
    }

    /// Brings one delivery to every connection of the loop.
    nonisolated func broadcast(_ delivery: @escaping @Sendable () -> Delivery) {
        loop.execute {
            self.assumeIsolated { hub in
                for slot in hub.slots {
                    guard let connection = slot.connection else { continue }
                    _ = connection.deliver(delivery())
                    connection.flush()
                }
            }
        }
    }

    /// Once a second for each connection, some at a time: pings, and what has waited for too long.
    private func beat() {
        let (now, wallClock) = (NIODeadline.now(), wallClock())
        let pause = round.look(at: slots.count) { slots[$0].connection?.beat(now, wallClock: wallClock) ?? false }
        keepToBudget()
        beatLater(in: pause)
    }

    private func beatLater(in pause: TimeAmount) {
        heartbeat = loop.scheduleTask(in: pause) { [weak self] in
            self?.assumeIsolated { hub in hub.beat() }
        }
    }

    func connection(_ id: ConnectionID) -> Connection? {
        guard id.slot < slots.count, slots[id.slot].serial == id.serial else { return nil }
        return slots[id.slot].connection
    }
}
