public import NIOCore

/// A connection that is there whenever Redis is: pipelined, and made again when it ends.
///
/// Commands go out in the order in which they are given and their completions come in that order, on the connection's
/// event loop. While it is first or again being connected, commands wait, up to their deadline; while it waits before it
/// tries again, they fail at once as `unreachable`.
public final class RedisConnection: Sendable {
    private let inbox: Inbox<RedisDriver.Message>
    private let shared = SharedStatus()

    /// - Parameter onChange: told of every change of the status' phase, on the event loop, in order.
    public convenience init(
        _ configuration: RedisConfiguration, on loop: any EventLoop,
        onChange: @escaping @Sendable (RedisStatus) -> Void = { _ in }
    ) {
        self.init(configuration, resolver: .of(configuration), on: loop, onChange: onChange)
    }

    init(
        _ configuration: RedisConfiguration, resolver: EndpointResolver, backoff: Backoff = Backoff(),
        on loop: any EventLoop, onChange: @escaping @Sendable (RedisStatus) -> Void = { _ in }
    ) {
        let inbox = Inbox<RedisDriver.Message>(on: loop)
        self.inbox = inbox
        // What is posted comes after this on the loop.
        loop.execute { [shared] in
            let driver = RedisDriver(
                configuration, resolver: resolver, backoff: backoff, on: loop, inbox: inbox, shared: shared,
                onChange: onChange)
            let bound = NIOLoopBound(driver, eventLoop: loop)
            inbox.open { bound.value.handle(&$0) }
            driver.start()
        }
    }

    /// Whoever forgets to close it does not leave it connecting for ever.
    deinit {
        if shared.current.phase != .closed { inbox.post(.close({})) }
    }

    /// Asks the sentinels, if there are any, whether the master is still the one that is connected, and leaves it if not.
    /// To be called now and then by whoever looks after Redis. From any thread, never blocking.
    public func lookAgain() { inbox.post(.lookAgain) }

    /// From any thread, never blocking.
    public func send(
        _ command: RedisCommand, completion: @escaping @Sendable (Result<RedisValue, RedisError>) -> Void
    ) {
        inbox.post(.one(command, completion))
    }

    /// Pipelined: one write, and one completion when the last reply is there. From any thread, never blocking.
    public func send(
        _ commands: [RedisCommand], completion: @escaping @Sendable ([Result<RedisValue, RedisError>]) -> Void
    ) {
        inbox.post(.many(commands, completion))
    }

    /// Runs scripts by their SHA-1, and once more by their text where Redis does not know them. Pipelined like commands;
    /// those that must be sent again come after the others.
    public func run(
        _ calls: [RedisScript.Call], completion: @escaping @Sendable ([Result<RedisValue, RedisError>]) -> Void
    ) {
        inbox.post(.run(calls, completion))
    }

    /// A task that is cancelled still gets the reply, or the deadline.
    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        let reply = await withCheckedContinuation { continuation in
            send(command) { continuation.resume(returning: $0) }
        }
        return try reply.get()
    }

    public func run(_ call: RedisScript.Call) async throws(RedisError) -> RedisValue {
        let replies = await withCheckedContinuation { continuation in
            run([call]) { continuation.resume(returning: $0) }
        }
        return try replies[0].get()
    }

    /// For `/health`; from any thread.
    public var status: RedisStatus { shared.current }

    /// What is under way fails as `closed`; so does everything later.
    public func close() async {
        await withCheckedContinuation { continuation in
            inbox.post(.close({ continuation.resume() }))
        }
    }
}

/// How a connection is.
public struct RedisStatus: Equatable, Sendable {
    public enum Phase: String, Sendable {
        case connecting, ready
        /// The last attempt failed; the next one comes after a while.
        case waiting
        case closed
    }

    public var phase = Phase.connecting
    /// How often it was made again, or tried to be, since the start.
    public var reconnects = 0
    public var inFlight = 0
    /// Where it is connected, or was last tried.
    public var address = ""
    /// The `run_id` of the Redis process, another one after every restart and failover.
    public var runID: String?
    public var version: String?
    /// Why it is not there; safe to show.
    public var error: String?

    public init() {}
}
