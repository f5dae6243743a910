internal import Synchronization

/// Something that owes to Redis what SQLite took in its place.
protocol FallbackDebtor: Sendable {
    /// Pays all that is owed when this is called. What it throws, of whichever store, ends the paying.
    func pay() async throws(StoreError)

    /// Owes all that it knows to be stored and not removed: Redis may have lost it.
    func oweAllKnown() async throws(StoreError)

    /// Whether there is something to pay though Redis serves already.
    var hasLeftovers: Bool { get }
}

/// Which of two stores serves, Redis or SQLite, for all that are kept there: asked for every operation, told of every
/// failure, looking whether Redis is back and having it paid then.
public actor FallbackSwitch {
    /// Looks at Redis. Bounded in time by whoever makes it, as every command is.
    public typealias Probe = @Sendable () async throws(StoreError) -> Pulse
    /// Waits, until its task is cancelled at the latest.
    public typealias Wait = @Sendable (Duration) async -> Void

    /// Who is told, one after the other and never twice at once.
    public struct Listener: Sendable {
        /// Another store serves, and why.
        public var onSwitch: @Sendable (FallbackState, _ reason: String) -> Void = { _, _ in }
        /// Redis serves again: what SQLite has of rooms can go there.
        public var onRecovered: @Sendable () -> Void = {}
        /// Redis may have less than it was told: have all rooms confirmed. Comes when Redis serves.
        public var onSuspicion: @Sendable () -> Void = {}
        public var onDataLoss: @Sendable () -> Void = {}
        public var onOtherOwner: @Sendable (String) -> Void = { _ in }

        public init() {}
    }

    /// Where an operation goes.
    enum Route: Equatable {
        case primary(generation: UInt64)
        /// Counted as under way until ``leave()``.
        case fallback(generation: UInt64)
        /// Nowhere before ``opened()``.
        case shut
    }

    private struct Core {
        var policy: FallbackPolicy
        var gate = OwingGate()
        /// Who waits for the gate to be opened.
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Waits for the last to leave the gate.
        var closing: CheckedContinuation<Void, Never>?
        /// What is to be told, oldest first.
        var reports: [FallbackPolicy.Action] = []
    }

    /// How often all is paid while more may come to be owed: the first time what came in an outage, the second time what
    /// came meanwhile. What comes after that is little, and the gate is shut for it.
    private static let openRounds = 2

    private let core: Mutex<Core>
    /// The generation, and in the lowest bit whether Redis serves: to be asked without a lock.
    private let position = Atomic<UInt64>(0)
    private let probe: Probe
    private let wait: Wait
    private let clock: @Sendable () -> Int64
    private var listeners: [Listener] = []
    private var debtors: [any FallbackDebtor] = []
    private var sessions: (@Sendable () -> Int)?
    private var rooms: (@Sendable () -> Int)?
    private var looking: Task<Void, Never>?
    private var isStarted = false

    /// - Parameter clock: milliseconds since 1970.
    public init(
        probe: @escaping Probe, wait: @escaping Wait = { try? await Task.sleep(for: $0) },
        clock: @escaping @Sendable () -> Int64
    ) {
        self.probe = probe
        self.wait = wait
        self.clock = clock
        core = Mutex(Core(policy: FallbackPolicy(now: clock())))
    }

    public func listen(_ listener: Listener) { listeners.append(listener) }

    /// - Parameter owed: how many sessions or rooms it owes.
    func add(_ debtor: any FallbackDebtor, sessions: (@Sendable () -> Int)? = nil, rooms: (@Sendable () -> Int)? = nil)
    {
        debtors.append(debtor)
        if let sessions { self.sessions = sessions }
        if let rooms { self.rooms = rooms }
    }

    /// Looks at Redis once, and from then on again and again until ``stop()``. After both stores are made; what they are
    /// asked before goes to SQLite.
    public func start() async {
        guard !isStarted else { return }
        isStarted = true
        await look()
        looking = Task { [wait] in
            while !Task.isCancelled {
                await wait(pause)
                guard !Task.isCancelled else { return }
                await look()
            }
        }
    }

    /// Returns when nothing is being looked at or paid any more. Which store serves stays as it is.
    public func stop() async {
        looking?.cancel()
        await looking?.value
        looking = nil
        // They know the switch, and it knows them.
        debtors = []
    }

    public var status: FallbackStatus {
        let policy = core.withLock { $0.policy }
        return FallbackStatus(
            state: policy.state, since: policy.since, lastError: policy.lastError, switches: policy.switches,
            owedSessions: sessions?() ?? 0, owedRooms: rooms?() ?? 0)
    }

    // MARK: Routing

    /// Which store serves, and since when: what was begun in one generation is sure of nothing in the next.
    nonisolated var serving: (isPrimary: Bool, generation: UInt64) {
        let position = position.load(ordering: .acquiring)
        return (position & 1 == 1, position >> 1)
    }

    nonisolated func isStill(_ generation: UInt64) -> Bool { serving.generation == generation }

    /// Where a write goes that must be paid before Redis serves again.
    nonisolated func enter() -> Route {
        let now = serving
        if now.isPrimary { return .primary(generation: now.generation) }
        return core.withLock { core in
            let generation = core.policy.generation
            guard core.policy.state != .healthy else { return .primary(generation: generation) }
            return core.gate.enter() ? .fallback(generation: generation) : .shut
        }
    }

    nonisolated func leave() {
        let closing = core.withLock { core -> CheckedContinuation<Void, Never>? in
            guard core.gate.leave() else { return nil }
            defer { core.closing = nil }
            return core.closing
        }
        closing?.resume()
    }

    /// Returns when the gate is not shut any more.
    nonisolated func opened() async {
        await withCheckedContinuation { continuation in
            let isOpen = core.withLock { core in
                if core.gate.isShut { core.waiting.append(continuation) }
                return !core.gate.isShut
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Tells of a failure of Redis. Returns when SQLite serves, unless Redis has failed and come back meanwhile.
    /// - Parameter generation: that in which the operation was begun.
    nonisolated func primaryFailed(_ error: StoreError, generation: UInt64) {
        let now = clock()
        change { $0.primaryFailed(error.description, generation: generation, at: now) }
    }

    nonisolated var now: Int64 { clock() }

    // MARK: Looking

    private var pause: Duration { core.withLock { $0.policy.pause } }

    /// Looks at Redis once, and does what follows from that.
    func look() async {
        let generation = serving.generation
        var actions: [FallbackPolicy.Action] = []
        do throws(StoreError) {
            let pulse = try await probe()
            let now = clock()
            actions = change { $0.probeSucceeded(pulse, generation: generation, at: now) }
        } catch {
            // A look that is ended because the server ends says nothing about Redis.
            guard !Task.isCancelled else { return }
            let now = clock()
            change { $0.probeFailed(error.description, generation: generation, at: now) }
        }
        for case .pay(let isSuspicious) in actions { await recover(isSuspicious) }
        await payLeftovers()
        deliver()
    }

    private func recover(_ isSuspicious: Bool) async {
        do throws(StoreError) {
            if isSuspicious {
                for debtor in debtors { try await debtor.oweAllKnown() }
            }
            for _ in 0..<Self.openRounds { try await pay() }
            await shut()
            try await pay()
            let now = clock()
            change(opensGate: true) { $0.debtPaid(at: now) }
        } catch {
            let now = clock()
            change(opensGate: true) { $0.payingFailed(error.description, at: now) }
        }
    }

    private func pay() async throws(StoreError) {
        for debtor in debtors { try await debtor.pay() }
    }

    /// What cannot be paid now is with the next look; whether Redis still serves, the commands tell.
    private func payLeftovers() async {
        for debtor in debtors where serving.isPrimary && debtor.hasLeftovers { try? await debtor.pay() }
    }

    /// Lets nothing more become owed, and returns when nothing that does is under way.
    private func shut() async {
        await withCheckedContinuation { continuation in
            let isEmpty = core.withLock { core in
                guard !core.gate.shut() else { return true }
                core.closing = continuation
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }

    // MARK: Changing

    /// Lets the policy decide; which store serves changes before this returns, and is told of after it.
    @discardableResult
    private nonisolated func change(
        opensGate: Bool = false, _ decide: (inout FallbackPolicy) -> [FallbackPolicy.Action]
    ) -> [FallbackPolicy.Action] {
        typealias Waiting = [CheckedContinuation<Void, Never>]
        let (actions, waiting, isToTell) = core.withLock { core -> ([FallbackPolicy.Action], Waiting, Bool) in
            let actions = decide(&core.policy)
            let policy = core.policy
            position.store(policy.generation << 1 | (policy.state == .healthy ? 1 : 0), ordering: .releasing)
            let reports = actions.filter { if case .pay = $0 { false } else { true } }
            core.reports += reports
            guard opensGate else { return (actions, [], !reports.isEmpty) }
            core.gate.open()
            defer { core.waiting = [] }
            return (actions, core.waiting, !reports.isEmpty)
        }
        for continuation in waiting { continuation.resume() }
        if isToTell { Task { await self.deliver() } }
        return actions
    }

    func deliver() {
        let reports = core.withLock { core in
            defer { core.reports = [] }
            return core.reports
        }
        for report in reports {
            for listener in listeners { tell(listener, report) }
        }
    }

    private func tell(_ listener: Listener, _ report: FallbackPolicy.Action) {
        switch report {
        case .report(let state, let reason): listener.onSwitch(state, reason)
        case .reportDataLoss: listener.onDataLoss()
        case .reportOtherOwner(let owner): listener.onOtherOwner(owner)
        case .suspect: listener.onSuspicion()
        case .recovered: listener.onRecovered()
        case .pay: break
        }
    }
}

extension StoreError {
    /// Whether the store is out of order, and not what was asked of it.
    var isOutage: Bool { code == .unavailable || code == .closed }
}
