internal import DequeModule
internal import NIOCore
internal import Synchronization

/// Carries out what the machine and the subscriptions decide. Lives on its event loop.
///
/// The machine makes the connection, again and again, and is given no commands; once it is ready all replies are the
/// subscriptions'.
final class SubscriberDriver {
    typealias Handler = @Sendable ([UInt8]) -> Void

    enum Message: Sendable {
        case subscribe(String, Handler)
        case unsubscribe(String)
        /// Leave any other server than the one of this address.
        case follow(String)
        case close(@Sendable () -> Void)
    }

    struct Hooks: Sendable {
        var onChange: @Sendable (RedisSubscriber.Status) -> Void
        var onResubscribed: @Sendable () -> Void
    }

    private let loop: any EventLoop
    private let dialer: RedisDialer
    private let shared: SharedSubscriberStatus
    private let hooks: Hooks
    private var machine: ConnectionMachine<Never>
    private var subscriptions: Subscriptions
    private var handlers: [String: Handler] = [:]
    private var burst = Burst()
    private var timer: (due: NIODeadline, scheduled: Scheduled<Void>)?
    private var closings: [@Sendable () -> Void] = []
    private var resubscriptions = 0

    init(
        _ configuration: RedisConfiguration, resolver: EndpointResolver, backoff: Backoff, keepAlive: TimeAmount,
        on loop: any EventLoop, shared: SharedSubscriberStatus, hooks: Hooks
    ) {
        self.loop = loop
        self.shared = shared
        self.hooks = hooks
        dialer = RedisDialer(configuration, resolver: resolver, on: loop)
        subscriptions = Subscriptions(keepAlive: keepAlive, deadline: configuration.deadline)
        machine = ConnectionMachine(
            .init(
                user: configuration.user, password: configuration.password, deadline: configuration.deadline,
                resolving: resolver.time, backoff: backoff), at: .now())
    }

    func start() { act(machine.start(at: .now())) }

    func handle(_ messages: inout Deque<Message>) {
        while let message = messages.popFirst() {
            switch message {
            case .subscribe(let channel, let handler):
                handlers[channel] = handler
                perform(subscriptions.want(channel, at: .now()))
            case .unsubscribe(let channel):
                handlers[channel] = nil
                perform(subscriptions.forget(channel, at: .now()))
            case .follow(let address):
                guard case .ready = machine.phase, machine.endpoint?.address.description != address else { continue }
                act(machine.lost(machine.attempt, RedisError(.connectionLost, "another server is wanted"), at: .now()))
            case .close(let done):
                closings.append(done)
                perform(machine.close())
                // It may have been closed before.
                finishedOne()
            }
        }
        finishBurst()
    }

    // MARK: Actions

    private func act(_ actions: [ConnectionMachine<Never>.Action]) {
        perform(actions)
        finishBurst()
    }

    private func perform(_ actions: [ConnectionMachine<Never>.Action]) {
        for action in actions {
            switch action {
            case .connect(let attempt): dialer.connect(attempt, for: self)
            case .write(let commands): burst.write(commands)
            case .disconnect(let attempt):
                burst.forget()
                subscriptions.disconnected()
                dialer.disconnect(attempt)
            // After every burst.
            case .report: break
            case .closed: finishedOne()
            }
        }
    }

    private func perform(_ actions: [Subscriptions.Action]) {
        for action in actions {
            switch action {
            case .send(let command): burst.write(ConnectionMachine<Never>.Commands.one(command))
            case .deliver(let message, let channel): handlers[channel]?(message)
            case .resubscribed:
                resubscriptions += 1
                report()
                hooks.onResubscribed()
            case .lost(let error): perform(machine.lost(machine.attempt, error, at: .now()))
            }
        }
    }

    /// After everything that came at once.
    private func finishBurst() {
        if let bytes = burst.take() { dialer.write(bytes) }
        report()
        schedule()
    }

    private func report() {
        var status = RedisSubscriber.Status()
        status.phase = machine.publicPhase
        status.reconnects = machine.reconnects
        status.address = machine.endpoint?.address.description ?? ""
        status.error = (machine.error ?? subscriptions.error)?.description
        status.wanted = subscriptions.wanted.count
        status.confirmed = subscriptions.live
        status.resubscriptions = resubscriptions
        status.unwanted = subscriptions.unwanted
        if shared.set(status) { hooks.onChange(status) }
    }

    // MARK: Time

    private func schedule() {
        guard let due = [machine.nextDeadline, subscriptions.nextDeadline].compactMap(\.self).min() else { return }
        if let timer, timer.due <= due { return }
        timer?.scheduled.cancel()
        let scheduled = loop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            guard let self else { return }
            timer = nil
            perform(machine.timePassed(at: .now()))
            perform(subscriptions.timePassed(at: .now()))
            finishBurst()
        }
        timer = (due, scheduled)
    }
}

// MARK: What the channels tell

extension SubscriberDriver: ChannelOwner {
    func resolved(_ attempt: Int, _ endpoint: Endpoint) -> Bool {
        defer { finishBurst() }
        return machine.resolved(attempt, endpoint, at: .now())
    }

    func reached(_ attempt: Int) -> Bool {
        defer { schedule() }
        return machine.reached(attempt, at: .now())
    }

    func secured(_ attempt: Int) { act(machine.connected(attempt, at: .now())) }

    func received(_ reader: inout ReplyReader, _ attempt: Int) {
        while attempt == machine.attempt {
            if case .ready = machine.phase {
                guard let reply = reader.next() else { break }
                perform(subscriptions.received(reply, at: .now()))
            } else {
                guard let (_, replied) = machine.next(from: &reader, attempt, at: .now()) else { break }
                if case .act(let actions) = replied { perform(actions) }
                if case .ready = machine.phase { perform(subscriptions.connected(at: .now())) }
            }
        }
        finishBurst()
    }

    func lost(_ attempt: Int, _ error: RedisError) { act(machine.lost(attempt, error, at: .now())) }

    func finishedOne() {
        guard case .closed = machine.phase, dialer.isIdle else { return }
        timer?.scheduled.cancel()
        timer = nil
        let done = closings
        closings = []
        for done in done { done() }
    }
}

/// What any thread may ask a subscriber.
final class SharedSubscriberStatus: Sendable {
    private let status = Mutex(RedisSubscriber.Status())

    var current: RedisSubscriber.Status { status.withLock { $0 } }

    /// - Returns: whether there is something to tell.
    func set(_ new: RedisSubscriber.Status) -> Bool {
        status.withLock { status in
            defer { status = new }
            return status.phase != new.phase || status.confirmed != new.confirmed || status.error != new.error
        }
    }
}
