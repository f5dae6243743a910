internal import NIOCore

/// The connections of one event loop: where shards and managers bring what is owed to them.
///
/// A pass hands out all parcels first and then lets each connection that got something write once.
actor LoopHub: LoopActor {
    private nonisolated let executor: any NIOSerialEventLoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let mailbox: Mailbox<[Parcel]>
    nonisolated let loop: any EventLoop
    /// Which of the server's loops this is.
    nonisolated let index: Int
    /// What the connections of this loop are owed together.
    nonisolated let budget: OutboxBudget
    private nonisolated let metrics: Metrics

    private struct Slot {
        var connection: Connection?
        /// The serial number of that connection: who is sought is told from whoever was here before without a look at it.
        var serial: UInt64
    }

    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var serial: UInt64 = 0
    private var touched: [Connection] = []
    private var heartbeat: RepeatedTask?

    init(loop: any EventLoop, index: Int, budget: OutboxBudget, metrics: Metrics) {
        self.loop = loop
        self.index = index
        self.budget = budget
        self.metrics = metrics
        executor = loop.serialExecutor
        mailbox = Mailbox(on: loop)
        open()
    }

    func add(_ connection: Connection) -> ConnectionID {
        serial += 1
        let slot = freeSlots.popLast() ?? slots.count
        let entry = Slot(connection: connection, serial: serial)
        if slot == slots.count { slots.append(entry) } else { slots[slot] = entry }
        if heartbeat == nil {
            heartbeat = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] _ in
                self?.assumeIsolated { hub in hub.beat() }
            }
        }
        return ConnectionID(loop: index, slot: slot, serial: serial)
    }

    func remove(_ id: ConnectionID) {
        guard connection(id) != nil else { return }
        slots[id.slot].connection = nil
        freeSlots.append(id.slot)
    }

    func handle(_ messages: [[Parcel]]) {
        // Nothing else can come for any of them: each is written to at once.
        if messages.count == 1, messages[0].count == 1 { return handOut(messages[0][0]) }
        for parcels in messages {
            for parcel in parcels {
                for id in parcel.to {
                    guard let connection = connection(id) else { continue }
                    if connection.deliver(parcel.delivery) { touched.append(connection) }
                }
            }
        }
        let connections = touched
        touched.removeAll(keepingCapacity: true)
        for connection in connections { connection.flush() }
        keepToBudget()
    }

    private func handOut(_ parcel: Parcel) {
        var sent = Metrics.Sent()
        for id in parcel.to { connection(id)?.deliver(alone: parcel.delivery, &sent) }
        metrics.sent(sent)
        keepToBudget()
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

    /// Once a second: pings, and what has waited for too long.
    private func beat() {
        let now = NIODeadline.now()
        for slot in slots { slot.connection?.beat(now) }
        keepToBudget()
    }

    private func connection(_ id: ConnectionID) -> Connection? {
        guard id.slot < slots.count, slots[id.slot].serial == id.serial else { return nil }
        return slots[id.slot].connection
    }
}
