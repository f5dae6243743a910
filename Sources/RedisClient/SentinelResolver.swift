internal import NIOCore
internal import Synchronization

extension EndpointResolver {
    /// Asks sentinels for the master, each on a short-lived connection with TLS as for the servers, and no longer than
    /// one deadline for each question.
    static func sentinels(
        _ addresses: [RedisConfiguration.Address], master: String, _ configuration: RedisConfiguration
    ) -> Self {
        let search = SentinelSearch(addresses, master: master, configuration)
        return Self(time: search.time) { search.resolve(on: $0) }
    }
}

/// Carries out what ``Sentinels`` decides. Searches of one connection come one after another.
private final class SentinelSearch: Sendable {
    /// The longest that a search may take.
    let time: TimeAmount
    private let question: RedisCommand
    private let configuration: RedisConfiguration
    private let sentinels: Mutex<Sentinels>

    init(_ addresses: [RedisConfiguration.Address], master: String, _ configuration: RedisConfiguration) {
        let sentinels = Sentinels(addresses, hasPassword: configuration.password != nil)
        // One deadline more: its end is the last question's, never that of whoever waits for it.
        time = .nanoseconds(configuration.deadline.nanoseconds * Int64(sentinels.mostQuestions + 1))
        question = Sentinels.question(master)
        self.configuration = configuration
        self.sentinels = Mutex(sentinels)
    }

    func resolve(on loop: any EventLoop) -> EventLoopFuture<Endpoint> {
        perform(sentinels.withLock { $0.search() }, on: loop)
    }

    private func perform(_ action: Sentinels.Action, on loop: any EventLoop) -> EventLoopFuture<Endpoint> {
        switch action {
        case .found(let master): loop.makeSucceededFuture(Endpoint(address: master, mustBeMaster: true))
        case .failed(let error): loop.makeFailedFuture(error)
        case .ask(let address, let withPassword):
            ask(address, withPassword: withPassword, on: loop).flatMap { [self] reply in
                perform(sentinels.withLock { $0.answered(reply) }, on: loop)
            }
        }
    }

    private func ask(
        _ address: RedisConfiguration.Address, withPassword: Bool, on loop: any EventLoop
    ) -> EventLoopFuture<Result<RedisValue, RedisError>> {
        var asking = RedisConfiguration(.one(address))
        asking.deadline = configuration.deadline
        asking.tls = configuration.tls
        if withPassword { (asking.user, asking.password) = (configuration.user, configuration.password) }
        let sentinel = RedisConnection(asking, resolver: .one(address, within: asking.deadline), on: loop)
        let promise = loop.makePromise(of: Result<RedisValue, RedisError>.self)
        // It is closed when nobody holds it any more, which is when it has answered.
        sentinel.send(question) { reply in withExtendedLifetime(sentinel) { promise.succeed(reply) } }
        return promise.futureResult
    }
}
