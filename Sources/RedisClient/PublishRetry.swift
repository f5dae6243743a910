internal import NIOCore

/// Whether a message that could not be published is tried again. Pure.
struct PublishRetry {
    enum Action: Equatable {
        case again(after: TimeAmount)
        case giveUp
    }

    /// A short fault, such as a reconnection, is over by then; who waits for a longer one waits in vain.
    static let delays = [100, 200, 400].map { TimeAmount.milliseconds($0) }

    private var left = delays[...]

    mutating func failed(_ error: RedisError) -> Action {
        guard error.passes, let delay = left.popFirst() else { return .giveUp }
        return .again(after: delay)
    }
}

extension RedisError {
    /// Whether the same thing may go well a little later.
    var passes: Bool {
        switch code {
        case .unreachable, .connectionLost, .deadline, .overloaded, .protocolViolation, .notWritable, .notReady: true
        case .moved: description == "CLUSTERDOWN"
        case .closed, .notAllowed, .noScript, .refused: false
        }
    }
}
