/// Whoever waits for replies.
enum Waiter {
    typealias Reply = Result<RedisValue, RedisError>

    case one(@Sendable (Reply) -> Void)
    case many(Gathering)

    func receive(_ reply: Reply) {
        switch self {
        case .one(let completion): completion(reply)
        case .many(let gathering): gathering.receive(reply)
        }
    }

    /// No reply comes any more.
    func fail(_ error: RedisError) {
        switch self {
        case .one(let completion): completion(.failure(error))
        case .many(let gathering): gathering.fail(error)
        }
    }
}

/// The replies of one batch, until all of them are there. Lives on the connection's event loop.
final class Gathering {
    private var replies: [Waiter.Reply] = []
    private let count: Int
    private let completion: ([Waiter.Reply]) -> Void

    init(_ count: Int, completion: @escaping ([Waiter.Reply]) -> Void) {
        self.count = count
        self.completion = completion
        replies.reserveCapacity(count)
    }

    func receive(_ reply: Waiter.Reply) {
        replies.append(reply)
        if replies.count == count { finish() }
    }

    /// All that are missing fail.
    func fail(_ error: RedisError) {
        while replies.count < count { replies.append(.failure(error)) }
        finish()
    }

    private func finish() {
        let replies = self.replies
        self.replies = []
        completion(replies)
    }
}
