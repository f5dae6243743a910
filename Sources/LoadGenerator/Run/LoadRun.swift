internal import NIOCore

/// One load, stage by stage: ``prepare()``, ``begin()``, ``close()``. Lives on one event loop, which is all that it uses: the
/// rest of the machine belongs to the server.
final class LoadRun {
    private enum Phase { case preparing, prepared, loading, settling, settled, closed }

    private let loop: any EventLoop
    private let dialer: Dialer
    private let options: LoadOptions
    private let progress: (String) -> Void

    private var scenario: any Scenario
    private var load: Load
    private var phase = Phase.preparing
    /// The stage under way; it comes to whether the load can go on.
    private var stage: EventLoopPromise<Bool>?
    private var usage: ServerUsage?
    private var connections: [LoadConnection?]
    /// When each client is connected in the first place, so that the server is not run over.
    private var openings: Schedule
    private var opening: Set<Int> = []
    private var lastHeard: NIODeadline
    /// Until when what is under way at the end is waited for.
    private var deadline: NIODeadline
    private var unsent: [LoadConnection] = []
    private var maskingState: UInt32 = 0x9e37_79b9
    private var lastProgress: (at: NIODeadline, heard: Int)
    private var heardInAll = 0

    /// - Parameter process: the server's, if it is looked at; before the first connection, to see what those take.
    init(
        _ scenario: any Scenario, _ options: LoadOptions, process: ServerProcess?, dialer: Dialer,
        progress: @escaping (String) -> Void
    ) {
        let now = NIODeadline.now()
        self.scenario = scenario
        self.options = options
        self.dialer = dialer
        self.progress = progress
        usage = process.map { ServerUsage(of: $0) }
        loop = dialer.loop
        load = Load(connections: scenario.connections, now: now)
        connections = Array(repeating: nil, count: scenario.connections)
        openings = Schedule(from: now, perSecond: scenario.opensPerSecond)
        (lastHeard, deadline, lastProgress) = (now, now, (now, 0))
    }

    // MARK: Stages

    /// Brings everybody where they should be.
    /// - Returns: false when the server did not let it; the faults say why.
    func prepare() -> EventLoopFuture<Bool> {
        let stage = begin(.preparing)
        tick()
        return stage
    }

    var companion: (any Scenario)? { scenario.companion }

    /// The load itself, from the warm-up to the last answer.
    func begin() -> EventLoopFuture<Bool> {
        let stage = begin(.loading)
        load.now = .now()
        let start = load.now + options.warmUp
        let end = start + options.measured
        load.tally.window = start..<end
        scenario.begin(&load)
        loop.assumeIsolated().scheduleTask(deadline: start) { self.usage?.begin() }
        loop.assumeIsolated().scheduleTask(deadline: end) { self.settle() }
        act()
        return stage
    }

    /// Says goodbye. Whatever stage is under way is over.
    func close() -> EventLoopFuture<LoadOutcome> {
        finish(.success(false))
        if load.tally.window != nil { scenario.finish(&load) }
        phase = .closed
        let outcome = LoadOutcome(
            scenario: scenario, tally: load.tally, server: usage?.report(seconds: options.seconds))
        let open = connections.compactMap(\.self)
        connections = []
        return EventLoopFuture.andAllComplete(open.compactMap { $0.drop() }, on: loop).map { outcome }
    }

    private func begin(_ phase: Phase) -> EventLoopFuture<Bool> {
        self.phase = phase
        let promise = loop.makePromise(of: Bool.self)
        stage = promise
        return promise.futureResult
    }

    private func finish(_ result: Result<Bool, any Error>) {
        let promise = stage
        stage = nil
        promise?.completeWith(result)
    }

    // MARK: What the clock says

    private func tick() {
        load.now = .now()
        switch phase {
        case .preparing: goOnPreparing()
        case .settling:
            if scenario.settles(&load) || load.now >= deadline {
                phase = .settled
                finish(.success(true))
            }
            carryOut()
        case .prepared, .loading, .settled, .closed: break
        }
        if load.now - lastProgress.at >= .seconds(1) { tellProgress() }
        if phase != .closed { loop.assumeIsolated().scheduleTask(in: LoadLimits.tick) { self.tick() } }
    }

    private func goOnPreparing() {
        while openings.taken < scenario.firstConnections, opening.count < LoadLimits.openingAtOnce,
            openings.take(at: load.now) != nil
        {
            connect(openings.taken - 1)
        }
        if scenario.isReady {
            phase = .prepared
            finish(.success(true))
        } else if let code = load.tally.refusals.keys.first {
            load.tally.fault("the server refused what the load needs: \(code)")
            giveUp()
        } else if load.now - lastHeard > LoadLimits.preparationPatience {
            load.tally.fault("the preparations came to no end")
            giveUp()
        }
    }

    /// The load cannot begin. Whoever never said a word is no server of this protocol.
    private func giveUp() {
        guard heardInAll == 0 else { return finish(.success(false)) }
        let faults = load.tally.faults.keys.sorted().joined(separator: "; ")
        finish(
            .failure(LoadFailure(description: "\(options.target.hostHeader) does not answer as it should: \(faults)")))
    }

    private func act() {
        guard phase == .loading || phase == .settling else { return }
        load.now = .now()
        let next = scenario.act(&load)
        carryOut()
        if let next { loop.assumeIsolated().scheduleTask(deadline: next) { self.act() } }
    }

    /// The measured time is over.
    private func settle() {
        guard phase == .loading else { return }
        usage?.end()
        phase = .settling
        scenario.stop()
        deadline = .now() + LoadLimits.settlingTime
    }

    private func tellProgress() {
        let doing: String? =
            switch phase {
            case .preparing: "\(connections.count { $0 != nil }) of \(connections.count) connections"
            case .loading: load.tally.isMeasured(load.now) ? "measuring" : "warming up"
            case .settling: "waiting for what is under way"
            case .prepared, .settled, .closed: nil
            }
        if let doing { progress("\(doing): \(heardInAll - lastProgress.heard) messages received in a second") }
        lastProgress = (load.now, heardInAll)
    }

    // MARK: What connections say

    func heard(_ text: UnsafeRawBufferPointer, by client: Int) {
        guard phase != .closed else { return }
        load.now = .now()
        lastHeard = load.now
        heardInAll += 1
        if load.tally.isMeasured(load.now) { load.tally.received.messages += 1 }
        if !opening.isEmpty { opening.remove(client) }
        scenario.take(text, by: client, &load)
        carryOut()
    }

    func ended(_ client: Int) {
        guard phase != .closed else { return }
        load.now = .now()
        connections[client] = nil
        opening.remove(client)
        load.ended(client)
        if !scenario.ended(client, &load) { load.tally.fault("a connection that ended by itself") }
        if phase == .preparing { return giveUp() }
        carryOut()
    }

    func fault(_ description: String) { load.tally.fault(description) }

    func read(bytes: Int) {
        guard load.tally.isMeasured(.now()) else { return }
        load.tally.reads += 1
        load.tally.received.bytes += bytes
    }

    func sent(bytes: Int) {
        guard load.tally.isMeasured(load.now) else { return }
        load.tally.sent.messages += 1
        load.tally.sent.bytes += bytes
    }

    /// What all connections have to say goes out behind everything that this pass of the loop reads.
    func hasUnsent(_ connection: LoadConnection) {
        if unsent.isEmpty { loop.assumeIsolated().execute { self.flush() } }
        unsent.append(connection)
    }

    /// Marsaglia's xorshift: quick, and unlike the one before.
    func maskingKey() -> UInt32 {
        maskingState ^= maskingState << 13
        maskingState ^= maskingState >> 17
        maskingState ^= maskingState << 5
        return maskingState
    }

    // MARK: What is done

    private func flush() {
        let connections = unsent
        unsent.removeAll(keepingCapacity: true)
        for connection in connections { connection.flush() }
    }

    private func carryOut() {
        guard !load.acts.isEmpty else { return }
        let acts = load.acts
        load.acts.removeAll(keepingCapacity: true)
        for act in acts {
            switch act {
            case .send(let client, let text): connections[client]?.send(text)
            case .close(let client): connections[client]?.close()
            case .connect(let client): connect(client)
            }
        }
    }

    private func connect(_ client: Int) {
        opening.insert(client)
        let connection = dialer.connection(of: client, for: self)
        connections[client] = connection
        dialer.connect(connection, from: scenario.source(of: client)).assumeIsolated().whenFailure { error in
            self.failed(client, error)
        }
    }

    private func failed(_ client: Int, _ error: any Error) {
        guard phase != .closed else { return }
        guard load.tally.window != nil else {
            return finish(
                .failure(LoadFailure(description: "cannot connect to \(options.target.hostHeader): \(error)")))
        }
        load.tally.fault("a connection that could not be made")
        ended(client)
    }
}
