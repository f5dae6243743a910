internal import NIOCore

/// One load from its first connection to its report. Lives on one event loop, which is all that it uses: the rest of the
/// machine belongs to the server.
final class LoadRun {
    private enum Phase { case preparing, loading, settling, ended }

    private let loop: any EventLoop
    private let dialer: Dialer
    private let options: LoadOptions
    private let progress: (String) -> Void
    private let done: EventLoopPromise<Report>
    private let process: ServerProcess?
    private var server = Report.Server()
    private var cpuAtBegin = 0

    private var scenario: any Scenario
    private var load: Load
    private var phase = Phase.preparing
    private var connections: [LoadConnection?]
    /// When each client is connected in the first place, so that the server is not run over.
    private var openings: Schedule
    private var opening: Set<Int> = []
    private var lastHeard: NIODeadline
    private var deadline: NIODeadline?
    private var unsent: [LoadConnection] = []
    private var maskingState: UInt32 = 0x9e37_79b9
    private var lastProgress: (at: NIODeadline, heard: Int)
    private var heardInAll = 0

    init(
        _ scenario: any Scenario, _ options: LoadOptions, process: ServerProcess?, dialer: Dialer,
        done: EventLoopPromise<Report>, progress: @escaping (String) -> Void
    ) {
        let now = NIODeadline.now()
        self.scenario = scenario
        self.options = options
        self.process = process
        self.dialer = dialer
        self.done = done
        self.progress = progress
        loop = dialer.loop
        load = Load(connections: scenario.connections, now: now)
        connections = Array(repeating: nil, count: scenario.connections)
        openings = Schedule(from: now, perSecond: LoadLimits.opensPerSecond)
        lastHeard = now
        lastProgress = (now, 0)
    }

    func start() {
        if let memory = process?.memory() {
            (server.residentBefore, server.privateBefore) = (memory.resident, memory.private)
        }
        tick()
    }

    // MARK: What the clock says

    private func tick() {
        load.now = .now()
        switch phase {
        case .preparing: prepare()
        case .settling:
            if scenario.settles(&load) || load.now >= deadline ?? load.now { end() } else { carryOut() }
        case .loading, .ended: break
        }
        if load.now - lastProgress.at >= .seconds(1) { tellProgress() }
        if phase != .ended { loop.assumeIsolated().scheduleTask(in: LoadLimits.tick) { self.tick() } }
    }

    private func prepare() {
        while openings.taken < scenario.firstConnections, opening.count < LoadLimits.openingAtOnce,
            openings.take(at: load.now) != nil
        {
            connect(openings.taken - 1)
        }
        if scenario.isReady { return begin() }
        if let code = load.tally.refusals.keys.first {
            load.tally.fault("the server refused what the load needs: \(code)")
            giveUp()
        } else if load.now - lastHeard > LoadLimits.preparationPatience {
            load.tally.fault("the preparations came to no end")
            giveUp()
        }
    }

    /// The load cannot begin. Whoever never said a word is no server of this protocol.
    private func giveUp() {
        guard heardInAll == 0 else { return end() }
        let faults = load.tally.faults.keys.sorted().joined(separator: "; ")
        end(.failure(LoadFailure(description: "\(options.target.hostHeader) does not answer as it should: \(faults)")))
    }

    private func begin() {
        phase = .loading
        let begin = load.now + options.warmUp
        let end = begin + options.measured
        load.tally.window = begin..<end
        scenario.begin(&load)
        loop.assumeIsolated().scheduleTask(deadline: begin) { self.cpuAtBegin = self.process?.cpuNanoseconds() ?? 0 }
        loop.assumeIsolated().scheduleTask(deadline: end) { self.settle() }
        act()
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
        if let process {
            server.cpuSeconds = Double((process.cpuNanoseconds() ?? 0) - cpuAtBegin) / 1e9
            server.cores = server.cpuSeconds / options.seconds
            server.threads = process.threadCount
            let memory = process.memory()
            (server.residentAfter, server.privateAfter) = (memory?.resident ?? 0, memory?.private ?? 0)
        }
        guard phase == .loading else { return }
        phase = .settling
        scenario.stop()
        deadline = .now() + LoadLimits.settlingTime
    }

    private func end() {
        guard phase != .ended else { return }
        if load.tally.window != nil { scenario.finish(&load) }
        let report = Report(
            scenario, load.tally, seconds: options.seconds, server: process == nil ? nil : server)
        end(.success(report))
    }

    private func end(_ result: Result<Report, any Error>) {
        guard phase != .ended else { return }
        phase = .ended
        let open = connections.compactMap(\.self)
        connections = []
        EventLoopFuture.andAllComplete(open.compactMap { $0.drop() }, on: loop).assumeIsolated().whenComplete { _ in
            self.done.completeWith(result)
        }
    }

    private func tellProgress() {
        let doing =
            switch phase {
            case .preparing: "\(connections.count { $0 != nil }) of \(connections.count) connections"
            case .loading: load.tally.isMeasured(load.now) ? "measuring" : "warming up"
            case .settling: "waiting for what is under way"
            case .ended: "over"
            }
        progress("\(doing): \(heardInAll - lastProgress.heard) messages received in a second")
        lastProgress = (load.now, heardInAll)
    }

    // MARK: What connections say

    func heard(_ text: UnsafeRawBufferPointer, by client: Int) {
        guard phase != .ended else { return }
        load.now = .now()
        lastHeard = load.now
        heardInAll += 1
        if load.tally.isMeasured(load.now) { load.tally.received.messages += 1 }
        if !opening.isEmpty { opening.remove(client) }
        scenario.take(text, by: client, &load)
        carryOut()
    }

    func ended(_ client: Int) {
        guard phase != .ended else { return }
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
        guard phase != .ended else { return }
        guard load.tally.window != nil else {
            return end(.failure(LoadFailure(description: "cannot connect to \(options.target.hostHeader): \(error)")))
        }
        load.tally.fault("a connection that could not be made")
        ended(client)
    }
}
