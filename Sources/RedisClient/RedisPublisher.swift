public import NIOCore
internal import Synchronization

/// Publishes by a connection that others use too, and tries again what fails: after 100, 200 and 400 ms.
///
/// At least once: a message whose reply was lost is published again. One that is tried again comes after those that were
/// published meanwhile.
public final class RedisPublisher: Sendable {
    typealias Reply = Result<RedisValue, RedisError>
    typealias Send = @Sendable (RedisCommand, @escaping @Sendable (Reply) -> Void) -> Void
    typealias Wait = @Sendable (TimeAmount, @escaping @Sendable () -> Void) -> Void

    /// How messages fared since the start.
    public struct Counts: Equatable, Sendable {
        public var published = 0
        /// Tries after a failed one.
        public var repeated = 0
        /// Given up.
        public var failed = 0
        /// Waiting to be tried again.
        public var waiting = 0

        public init() {}
    }

    /// They wait in memory, 700 ms each at most. While Redis is away, those beyond fail at once.
    static let mostWaiting = 10_000

    private let send: Send
    private let wait: Wait
    private let state = Mutex(Counts())

    /// - Parameter loop: where it waits before it tries again.
    public convenience init(_ connection: RedisConnection, on loop: any EventLoop) {
        self.init(
            send: { connection.send($0, completion: $1) },
            wait: { delay, then in loop.scheduleTask(in: delay, then) })
    }

    init(send: @escaping Send, wait: @escaping Wait) {
        self.send = send
        self.wait = wait
    }

    public var counts: Counts { state.withLock { $0 } }

    /// From any thread, never blocking.
    /// - Parameter completion: told how many subscribers the server reached, or the last error, on an event loop.
    public func publish(
        _ message: [UInt8], to channel: String, completion: @escaping @Sendable (Result<Int, RedisError>) -> Void
    ) {
        attempt(RedisCommand("PUBLISH", [.text(channel), .bytes(message)]), PublishRetry(), completion)
    }

    /// A task that is cancelled still gets the outcome.
    @discardableResult
    public func publish(_ message: [UInt8], to channel: String) async throws(RedisError) -> Int {
        let outcome = await withCheckedContinuation { continuation in
            publish(message, to: channel) { continuation.resume(returning: $0) }
        }
        return try outcome.get()
    }

    private func attempt(
        _ command: RedisCommand, _ retry: PublishRetry,
        _ completion: @escaping @Sendable (Result<Int, RedisError>) -> Void
    ) {
        send(command) { reply in
            switch Self.reached(reply) {
            case .success(let count):
                self.state.withLock { $0.published += 1 }
                completion(.success(count))
            case .failure(let error): self.failed(command, retry, error, completion)
            }
        }
    }

    private func failed(
        _ command: RedisCommand, _ retry: PublishRetry, _ error: RedisError,
        _ completion: @escaping @Sendable (Result<Int, RedisError>) -> Void
    ) {
        var retry = retry
        let action = retry.failed(error)
        let waits = state.withLock { state in
            guard case .again = action, state.waiting < Self.mostWaiting else {
                state.failed += 1
                return false
            }
            state.waiting += 1
            return true
        }
        guard waits, case .again(let delay) = action else { return completion(.failure(error)) }
        wait(delay) { [retry] in
            self.state.withLock { state in
                state.waiting -= 1
                state.repeated += 1
            }
            self.attempt(command, retry, completion)
        }
    }

    private static func reached(_ reply: Reply) -> Result<Int, RedisError> {
        switch reply {
        case .success(.integer(let count)): .success(Int(count))
        case .success: .failure(RedisError(.refused, "no number of subscribers"))
        case .failure(let error): .failure(error)
        }
    }
}
