internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Carries out what the machine decides: channels, the timer, completions. Lives on its event loop.
final class RedisDriver {
    typealias Machine = ConnectionMachine<Waiter>
    typealias Action = Machine.Action

    enum Message: Sendable {
        case one(RedisCommand, @Sendable (Waiter.Reply) -> Void)
        case many([RedisCommand], @Sendable ([Waiter.Reply]) -> Void)
        case run([RedisScript.Call], @Sendable ([Waiter.Reply]) -> Void)
        case close(@Sendable () -> Void)
    }

    let loop: any EventLoop
    private let configuration: RedisConfiguration
    private let resolver: EndpointResolver
    private let shared: SharedStatus
    private let onChange: @Sendable (RedisStatus) -> Void
    private weak var inbox: Inbox<Message>?
    private let tls: RedisTLS?

    private var machine: Machine
    private var writer = CommandWriter()
    /// What is written at the end of a burst; its memory serves the next one, once the socket has taken it.
    private var burst = ByteBuffer()
    private var channel: (attempt: Int, channel: any Channel)?
    private var timer: (due: NIODeadline, scheduled: Scheduled<Void>)?
    /// Tries and channels that are not over; `close` waits for them.
    private var unfinished = 0
    private var closings: [@Sendable () -> Void] = []

    init(
        _ configuration: RedisConfiguration, resolver: EndpointResolver, backoff: Backoff, on loop: any EventLoop,
        inbox: Inbox<Message>, shared: SharedStatus, onChange: @escaping @Sendable (RedisStatus) -> Void
    ) {
        self.configuration = configuration
        self.resolver = resolver
        self.loop = loop
        self.inbox = inbox
        self.shared = shared
        self.onChange = onChange
        tls = configuration.tls.map(RedisTLS.init)
        machine = Machine(
            .init(
                user: configuration.user, password: configuration.password, database: configuration.database,
                deadline: configuration.deadline, resolving: resolver.time, mostInFlight: configuration.mostInFlight,
                backoff: backoff), at: .now())
    }

    func start() { perform(machine.start(at: .now())) }

    // MARK: Commands

    func handle(_ messages: [Message]) {
        let now = NIODeadline.now()
        for message in messages {
            switch message {
            case .one(let command, let completion): give(.one(command), .one(completion), at: now)
            case .many(let commands, let completion): give(commands, at: now, completion)
            case .run(let calls, let completion): run(calls, at: now, completion)
            case .close(let done):
                closings.append(done)
                perform(machine.close())
            }
        }
        flush()
        schedule()
        shared.setInFlight(machine.load)
    }

    private func give(_ commands: Machine.Commands, _ waiter: Waiter, at now: NIODeadline) {
        switch machine.given(commands, waiter, at: now) {
        case .write: write(commands)
        case .waits: break
        case .refused(let error): waiter.fail(error)
        }
    }

    private func give(_ commands: [RedisCommand], at now: NIODeadline, _ completion: @escaping ([Waiter.Reply]) -> Void) {
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

    private func write(_ commands: Machine.Commands) {
        switch commands {
        case .one(let command): writer.write(command, to: &burst)
        case .many(let commands): for command in commands { writer.write(command, to: &burst) }
        }
    }

    private func flush() {
        guard burst.readableBytes > 0 else { return }
        channel?.channel.writeAndFlush(burst, promise: nil)
        if burst.capacity > Self.keptBytes { burst = ByteBuffer() } else { burst.clear() }
    }

    /// One huge burst does not hold its memory for good.
    private static let keptBytes = 1 << 20

    // MARK: What the channels tell

    func received(_ reply: Waiter.Reply, _ attempt: Int, moreCame: Bool) {
        guard attempt == machine.attempt else { return }
        let replied = machine.replied(reply, moreCame: moreCame, at: .now())
        shared.setInFlight(machine.load)
        switch replied {
        case .deliver(let waiter): waiter.receive(reply)
        case .act(let actions): perform(actions)
        case .deliverAndAct(let waiter, let actions):
            waiter.receive(reply)
            perform(actions)
        }
    }

    func secured(_ attempt: Int) { perform(machine.connected(attempt, at: .now())) }

    func lost(_ attempt: Int, _ error: RedisError) { perform(machine.lost(attempt, error, at: .now())) }

    // MARK: Actions

    private func perform(_ actions: [Action]) {
        for action in actions {
            switch action {
            case .connect(let attempt): connect(attempt)
            case .write(let commands): write(commands)
            case .fail(let waiter, let error): waiter.fail(error)
            case .disconnect(let attempt): disconnect(attempt)
            case .report: report()
            case .closed: finishClosing()
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

    private func disconnect(_ attempt: Int) {
        burst.clear()
        guard let channel, channel.attempt == attempt else { return }
        self.channel = nil
        channel.channel.close(promise: nil)
    }

    private func finishClosing() {
        guard case .closed = machine.phase, unfinished == 0 else { return }
        timer?.scheduled.cancel()
        timer = nil
        let done = closings
        closings = []
        for done in done { done() }
    }

    private func finishedOne() {
        unfinished -= 1
        finishClosing()
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

extension RedisDriver {
    private func connect(_ attempt: Int) {
        unfinished += 1
        let me = NIOLoopBound(self, eventLoop: loop)
        resolver.resolve(loop).hop(to: loop).whenComplete { me.value.resolved(attempt, $0) }
    }

    private func resolved(_ attempt: Int, _ endpoint: Result<Endpoint, any Error>) {
        switch endpoint {
        case .failure(let error): failed(attempt, error)
        case .success(let endpoint):
            guard machine.resolved(attempt, endpoint, at: .now()) else { return finishedOne() }
            report()
            schedule()
            let me = NIOLoopBound(self, eventLoop: loop)
            reach(endpoint.address).whenComplete { me.value.reached(attempt, $0) }
        }
    }

    private func reach(_ address: RedisConfiguration.Address) -> EventLoopFuture<any Channel> {
        guard let tls else { return dial(address, nil) }
        let me = NIOLoopBound(self, eventLoop: loop)
        return tls.makeContext(on: loop).flatMap { me.value.dial(address, $0) }
    }

    private func dial(_ address: RedisConfiguration.Address, _ context: NIOSSLContext?) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: loop)
            .connectTimeout(configuration.deadline)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let name = RedisTLS.serverName(address.host)
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: name)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(RedisChannelHandler())
                }
            }
            .connect(host: address.host, port: address.port)
    }

    private func reached(_ attempt: Int, _ result: Result<any Channel, any Error>) {
        switch result {
        case .failure(let error): failed(attempt, error)
        case .success(let channel):
            let me = NIOLoopBound(self, eventLoop: loop)
            channel.closeFuture.whenComplete { _ in me.value.finishedOne() }
            guard attempt == machine.attempt, case .connecting = machine.phase, channel.isActive,
                let handler = try? channel.pipeline.syncOperations.handler(type: RedisChannelHandler.self)
            else {
                channel.close(promise: nil)
                return lost(attempt, RedisError(.unreachable, "the server ended the connection"))
            }
            handler.attach(self, attempt: attempt)
            self.channel = (attempt, channel)
            if tls == nil || handler.isSecured { return secured(attempt) }
            machine.reached(attempt, at: .now())
            schedule()
        }
    }

    private func failed(_ attempt: Int, _ error: any Error) {
        tls?.forget()
        finishedOne()
        lost(attempt, RedisError(connecting: error))
    }
}

extension Result where Success == RedisValue, Failure == RedisError {
    fileprivate var isUnknownScript: Bool {
        if case .failure(let error) = self { return error.code == .noScript }
        return false
    }
}
