public import NIOCore

/// A connection that only subscribes, is made again when it ends or falls silent, and then subscribes to everything again.
///
/// What is published while it is not there is missed: Redis keeps nothing for anybody.
public final class RedisSubscriber: Sendable {
    private let inbox: Inbox<SubscriberDriver.Message>
    private let shared = SharedSubscriberStatus()

    /// - Parameters:
    ///   - keepAlive: after so long without a word Redis is asked whether it is there; no answer within the
    ///     configuration's deadline, and the connection is made again. So a silent end is noticed within both.
    ///   - onChange: told of every change of the phase, the confirmed channels or the error, on the event loop, in order.
    ///   - onResubscribed: called on the event loop when, after a loss, all channels are subscribed again: messages may
    ///     have been missed before, and none is from now on.
    public convenience init(
        _ configuration: RedisConfiguration, on loop: any EventLoop, keepAlive: TimeAmount = .seconds(5),
        onChange: @escaping @Sendable (Status) -> Void = { _ in }, onResubscribed: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            configuration, resolver: .of(configuration), keepAlive: keepAlive, on: loop,
            hooks: .init(onChange: onChange, onResubscribed: onResubscribed))
    }

    init(
        _ configuration: RedisConfiguration, resolver: EndpointResolver, backoff: Backoff = Backoff(),
        keepAlive: TimeAmount, on loop: any EventLoop, hooks: SubscriberDriver.Hooks
    ) {
        let inbox = Inbox<SubscriberDriver.Message>(on: loop)
        self.inbox = inbox
        // What is posted comes after this on the loop.
        loop.execute { [shared] in
            let driver = SubscriberDriver(
                configuration, resolver: resolver, backoff: backoff, keepAlive: keepAlive, on: loop, shared: shared,
                hooks: hooks)
            let bound = NIOLoopBound(driver, eventLoop: loop)
            inbox.open { bound.value.handle(&$0) }
            driver.start()
        }
    }

    /// Whoever forgets to close it does not leave it connecting for ever.
    deinit {
        if shared.current.phase != .closed { inbox.post(.close({})) }
    }

    /// From any thread, never blocking; it holds until `unsubscribe`. What was said of the channel before is replaced.
    /// - Parameter handler: called with every message, which is not trusted, on the event loop, in their order.
    public func subscribe(_ channel: String, handler: @escaping @Sendable ([UInt8]) -> Void) {
        inbox.post(.subscribe(channel, handler))
    }

    /// From any thread, never blocking. What is on its way is dropped and counted.
    /// Leaves any other server than the one of this address, and looks anew where to connect: after a failover in which
    /// the old master lives. The address is as ``RedisStatus/address`` has it.
    public func follow(_ address: String) { inbox.post(.follow(address)) }

    public func unsubscribe(_ channel: String) { inbox.post(.unsubscribe(channel)) }

    /// For `/health`; from any thread.
    public var status: Status { shared.current }

    /// No message is handed over after it.
    public func close() async {
        await withCheckedContinuation { continuation in
            inbox.post(.close({ continuation.resume() }))
        }
    }

    /// How a subscriber is.
    public struct Status: Equatable, Sendable {
        public var phase = RedisStatus.Phase.connecting
        /// How often it was made again, or tried to be, since the start.
        public var reconnects = 0
        /// Where it is connected, or was last tried.
        public var address = ""
        /// Why it is not there, or hears less than it wants; safe to show.
        public var error: String?
        /// Channels.
        public var wanted = 0
        /// Those whose messages come.
        public var confirmed = 0
        /// How often messages may have been missed.
        public var resubscriptions = 0
        /// Messages that came for channels that were unsubscribed.
        public var unwanted = 0

        public init() {}
    }
}
