internal import DequeModule
internal import NIOCore

/// Carries out what the machine decides: channels, the timer, completions. Lives on its event loop.
final class RedisDriver {
    typealias Machine = ConnectionMachine<Waiter>
    typealias Action = Machine.Action

    enum Message: Sendable {
        case one(RedisCommand, @Sendable (Waiter.Reply) -> Void)
        case many([RedisCommand], @Sendable ([Waiter.Reply]) -> Void)
        case run([RedisScript.Call], @Sendable ([Waiter.Reply]) -> Void)
        /// See whether the sentinels name another master.
        case lookAgain
        case close(@Sendable () -> Void)
    }

    let loop: any EventLoop
    private let dialer: RedisDialer
    private let shared: SharedStatus
    private let onChange: @Sendable (RedisStatus) -> Void
    private weak var inbox: Inbox<Message>?

    private var machine: Machine
    private var burst = Burst()
    private var timer: (due: NIODeadline, scheduled: Scheduled<Void>)?
    private var closings: [@Sendable () -> Void] = []
    /// Asks while another one is connected; the two must not meet in one search.
    private let watching: EndpointResolver
    private var isLooking = false

    init(
        _ configuration: RedisConfiguration, resolver: EndpointResolver, backoff: Backoff, on loop: any EventLoop,
        inbox: Inbox<Message>, shared: SharedStatus, onChange: @escaping @Sendable (RedisStatus) -> Void
    ) {
        dialer = RedisDialer(configuration, resolver: resolver, on: loop)
        watching = .of(configuration)
        self.loop = loop
        self.inbox = inbox
        self.shared = shared
        self.onChange = onChange
        machine = Machine(
            .init(
                user: configuration.user, password: configuration.password, database: configuration.database,
                deadline: configuration.deadline, resolving: resolver.time, mostInFlight: configuration.mostInFlight,
                backoff: backoff), at: .now())
    }

    func start() { perform(machine.start(at: .now())) }

    // MARK: Commands

    func handle(_ messages: inout Deque<Message>) {
        let now = NIODeadline.now()
        while let message = messages.popFirst() {
            switch consume message {
            case .one(let command, let completion): give(.one(command), .one(completion), at: now)
            case .many(let commands, let completion): give(commands, at: now, completion)
            case .run(let calls, let completion): run(calls, at: now, completion)
            case .lookAgain: lookAgain()
            case .close(let done):
                closings.append(done)
                perform(machine.close())
                // It may have been closed before.
                finishedOne()
            }
        }
        flush()
        schedule()
        shared.setInFlight(machine.load)
    }

    private func give(_ commands: Machine.Commands, _ waiter: Waiter, at now: NIODeadline) {
        switch machine.given(commands, waiter, at: now) {
        case .write: burst.write(commands)
        case .waits: break
        case .refused(let error): waiter.fail(error)
        }
    }

    private func give(_ commands: [RedisCommand], at now: NIODeadline, _ completion: @escaping ([Waiter.Reply]) -> Void)
    {
        guard !commands.isEmpty else { return completion([]) }
        give(.many(commands), .many(Gathering(commands.count, completion: completion)), at: now)
    }

    private func run(
        _ calls: [RedisScript.Call], at now: NIODeadline, _ completion: @escaping @Sendable ([Waiter.Reply]) -> Void
    ) {
        give(calls.map(\.bySHA1), at: now) { [weak inbox] replies in
            let unknown = replies.indices.filter { replies[$0].isUnknownScript }
            guard !unknown.isEmpty, let inbox else { return completion(replies) }
            let again = Message.many(unknown.map { calls[$0].byText }) { later in
                var replies = replies
                for (index, reply) in zip(unknown, later) { replies[index] = reply }
                completion(replies)
            }
            inbox.post(again)
        }
    }

    /// After a failover in which the old master lives it answers on for seconds, and what it is told is lost.
    private func lookAgain() {
        guard case .ready = machine.phase, machine.endpoint?.mustBeMaster == true, !isLooking else { return }
        isLooking = true
        let attempt = machine.attempt
        watching.resolve(loop).hop(to: loop).assumeIsolated().whenComplete { [self] found in
            isLooking = false
            guard let endpoint = try? found.get(), endpoint != machine.endpoint else { return }
            let error = RedisError(.connectionLost, "the sentinels name another master")
            perform(machine.lost(attempt, error, at: .now()))
        }
    }

    private func flush() {
        guard let bytes = burst.take() else { return }
        dialer.write(bytes)
    }

    // MARK: What the channels tell

    func received(_ reader: inout ReplyReader, _ attempt: Int) {
        while let (reply, replied) = machine.next(from: &reader, attempt, at: .now()) {
            // Whoever gets the last one finds it counted.
            if reader.left == 0 { shared.setInFlight(machine.load) }
            switch replied {
            case .deliver(let waiter): waiter.receive(reply)
            case .act(let actions): perform(actions)
            case .deliverAndAct(let waiter, let actions):
                waiter.receive(reply)
                perform(actions)
            }
        }
    }

    func secured(_ attempt: Int) { perform(machine.connected(attempt, at: .now())) }

    func lost(_ attempt: Int, _ error: RedisError) { perform(machine.lost(attempt, error, at: .now())) }

    // MARK: Actions

    private func perform(_ actions: [Action]) {
        for action in actions {
            switch action {
            case .connect(let attempt): dialer.connect(attempt, for: self)
            case .write(let commands): burst.write(commands)
            case .fail(let waiter, let error): waiter.fail(error)
            case .disconnect(let attempt):
                burst.forget()
                dialer.disconnect(attempt)
            case .report: report()
            case .closed: finishedOne()
            }
        }
        guard !actions.isEmpty else { return }
        flush()
        schedule()
    }

    private func report() {
        var status = RedisStatus()
        status.phase = machine.publicPhase
        status.reconnects = machine.reconnects
        status.inFlight = machine.load
        status.address = machine.endpoint?.address.description ?? ""
        status.runID = machine.runID
        status.version = machine.version
        status.error = machine.error?.description
        if shared.set(status) { onChange(status) }
    }

    func finishedOne() {
        guard case .closed = machine.phase, dialer.isIdle else { return }
        timer?.scheduled.cancel()
        timer = nil
        let done = closings
        closings = []
        for done in done { done() }
    }

    // MARK: Time

    private func schedule() {
        guard let due = machine.nextDeadline else { return }
        if let timer, timer.due <= due { return }
        timer?.scheduled.cancel()
        let scheduled = loop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            guard let self else { return }
            timer = nil
            perform(machine.timePassed(at: .now()))
            schedule()
        }
        timer = (due, scheduled)
    }
}

// MARK: Connecting

extension RedisDriver: ChannelOwner {
    func resolved(_ attempt: Int, _ endpoint: Endpoint) -> Bool {
        guard machine.resolved(attempt, endpoint, at: .now()) else { return false }
        report()
        schedule()
        return true
    }

    func reached(_ attempt: Int) -> Bool {
        guard machine.reached(attempt, at: .now()) else { return false }
        schedule()
        return true
    }
}

extension Result where Success == RedisValue, Failure == RedisError {
    fileprivate var isUnknownScript: Bool {
        if case .failure(let error) = self { return error.code == .noScript }
        return false
    }
}
