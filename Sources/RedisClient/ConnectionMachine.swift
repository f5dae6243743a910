internal import DequeModule
internal import NIOCore

/// What a connection does next: no channel, no clock, no randomness of its own.
///
/// Every try to connect has a number; what is told of an earlier one changes nothing. `Completion` is whatever the caller
/// needs to answer whoever gave the commands.
struct ConnectionMachine<Completion> {
    struct Settings {
        var user: String?
        var password: String?
        var database = 0
        var deadline = TimeAmount.milliseconds(500)
        /// How long finding out where to connect may take.
        var resolving = TimeAmount.milliseconds(500)
        var mostInFlight = 65_536
        var backoff = Backoff()
    }

    enum Commands: Equatable {
        case one(RedisCommand)
        case many([RedisCommand])

        var count: Int {
            switch self {
            case .one: 1
            case .many(let commands): commands.count
            }
        }
    }

    enum Action {
        case connect(attempt: Int)
        case write(Commands)
        case fail(Completion, RedisError)
        /// Give up the channel, or the try, of that attempt.
        case disconnect(attempt: Int)
        case report
        case closed
    }

    /// What to do with commands.
    enum Given: Equatable {
        case write, waits
        case refused(RedisError)
    }

    /// What to do with a reply.
    enum Replied {
        case deliver(Completion)
        /// It was the answer to the handshake's question, or the end of the connection.
        case act([Action])
        case deliverAndAct(Completion, [Action])
    }

    enum Phase {
        case resolving(until: NIODeadline)
        case connecting(until: NIODeadline)
        case handshake(Handshake, until: NIODeadline)
        case ready(since: NIODeadline)
        case waiting(until: NIODeadline, RedisError)
        case closed
    }

    struct InFlight {
        let completion: Completion
        var left: Int
        let deadline: NIODeadline
    }

    struct Waiting {
        let commands: Commands
        let completion: Completion
        let deadline: NIODeadline
    }

    let settings: Settings
    var phase: Phase
    private(set) var attempt = 0
    /// Tries that have failed since the last steady connection.
    private var failures = 0
    /// When a lost connection was last tried again without waiting.
    private var triedAtOnce: NIODeadline?
    var endpoint: Endpoint?
    private(set) var runID: String?
    private(set) var version: String?
    private(set) var error: RedisError?
    /// In the order of their replies.
    var inFlight = Deque<InFlight>()
    /// Given while it was being connected.
    var queue = Deque<Waiting>()
    /// Commands in both, each of a batch for itself.
    var load = 0

    init(_ settings: Settings, at now: NIODeadline) {
        self.settings = settings
        phase = .resolving(until: now + settings.resolving)
    }

    var reconnects: Int { max(attempt - 1, 0) }

    var publicPhase: RedisStatus.Phase {
        switch phase {
        case .resolving, .connecting, .handshake: .connecting
        case .ready: .ready
        case .waiting: .waiting
        case .closed: .closed
        }
    }

    mutating func start(at now: NIODeadline) -> [Action] { connect(at: now) }

    /// - Returns: false when that try is over.
    mutating func resolved(_ attempt: Int, _ endpoint: Endpoint, at now: NIODeadline) -> Bool {
        guard attempt == self.attempt, case .resolving = phase else { return false }
        self.endpoint = endpoint
        phase = .connecting(until: now + settings.deadline)
        return true
    }

    /// TCP is there, and TLS may have to come.
    /// - Returns: false when that try is over.
    @discardableResult
    mutating func reached(_ attempt: Int, at now: NIODeadline) -> Bool {
        guard attempt == self.attempt, case .connecting = phase else { return false }
        phase = .connecting(until: now + settings.deadline)
        return true
    }

    /// What is written from now on is read by the server.
    mutating func connected(_ attempt: Int, at now: NIODeadline) -> [Action] {
        guard attempt == self.attempt, case .connecting = phase else { return [] }
        let handshake = Handshake(
            user: settings.user, password: settings.password, database: settings.database,
            mustBeMaster: endpoint?.mustBeMaster ?? false)
        phase = .handshake(handshake, until: now + settings.deadline)
        return [.write(.many(handshake.commands))]
    }

    /// The try failed, or the connection ended.
    mutating func lost(_ attempt: Int, _ error: RedisError, at now: NIODeadline) -> [Action] {
        guard attempt == self.attempt else { return [] }
        switch phase {
        case .waiting, .closed: return []
        case .resolving, .connecting, .handshake, .ready: return leave(error, at: now)
        }
    }

    mutating func close() -> [Action] {
        if case .closed = phase { return [] }
        let error = RedisError(.closed, "the connection is closed")
        let failed = empty(inFlight: error, queued: error)
        phase = .closed
        return [.disconnect(attempt: attempt), .report] + failed + [.closed]
    }

    // MARK: Ends and beginnings

    private mutating func connect(at now: NIODeadline) -> [Action] {
        attempt += 1
        phase = .resolving(until: now + settings.resolving)
        return [.report, .connect(attempt: attempt)]
    }

    /// Leaves the try or the connection that is there, and goes on to the next.
    mutating func leave(_ error: RedisError, at now: NIODeadline) -> [Action] {
        let wasReady: Bool
        if case .ready(let since) = phase {
            wasReady = true
            if now - since >= settings.backoff.steady { failures = 0 }
        } else {
            wasReady = false
        }
        self.error = error
        let left = Action.disconnect(attempt: attempt)
        var blamed: [Action] = []
        if error.code == .protocolViolation, let oldest = inFlight.popFirst() {
            // The reply was its own.
            blamed = [.fail(oldest.completion, error)]
        }
        if wasReady, triedAtOnce.map({ now - $0 >= settings.backoff.steady }) ?? true {
            // Nothing is queued while it is ready.
            let failed = blamed + empty(inFlight: error.ofOthers, queued: error.ofUnsent)
            triedAtOnce = now
            return [left] + connect(at: now) + failed
        }
        failures += 1
        let failed = blamed + empty(inFlight: error.ofOthers, queued: error.ofUnsent)
        phase = .waiting(until: now + settings.backoff.delay(after: failures), error)
        return [left, .report] + failed
    }

    private mutating func empty(inFlight lost: RedisError, queued unsent: RedisError) -> [Action] {
        let actions = inFlight.map { Action.fail($0.completion, lost) } + queue.map { .fail($0.completion, unsent) }
        inFlight.removeAll()
        queue.removeAll()
        load = 0
        return actions
    }

    mutating func noteReady(_ handshake: Handshake, at now: NIODeadline) -> [Action] {
        runID = handshake.runID
        version = handshake.version
        error = nil
        phase = .ready(since: now)
        let writes = queue.map { Action.write($0.commands) }
        for waiting in queue {
            inFlight.append(
                InFlight(completion: waiting.completion, left: waiting.commands.count, deadline: waiting.deadline))
        }
        queue.removeAll()
        return [.report] + writes
    }

    // MARK: Time

    /// When `timePassed` must be called next.
    var nextDeadline: NIODeadline? {
        switch phase {
        case .resolving(let until), .connecting(let until), .handshake(_, let until):
            queue.first.map { min($0.deadline, until) } ?? until
        case .ready: inFlight.first?.deadline
        case .waiting(let until, _): until
        case .closed: nil
        }
    }

    mutating func timePassed(at now: NIODeadline) -> [Action] {
        switch phase {
        case .resolving(let until), .connecting(let until), .handshake(_, let until):
            if until <= now { return leave(RedisError(.unreachable, "no connection in time"), at: now) }
            return expireQueue(at: now)
        case .ready:
            guard let oldest = inFlight.first, oldest.deadline <= now else { return [] }
            inFlight.removeFirst()
            // No reply can be told from another any more.
            let error = RedisError(.deadline, "no reply in time")
            return [.fail(oldest.completion, error)] + leave(error, at: now)
        case .waiting(let until, _): return until <= now ? connect(at: now) : []
        case .closed: return []
        }
    }

    private mutating func expireQueue(at now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        while let first = queue.first, first.deadline <= now {
            queue.removeFirst()
            load -= first.commands.count
            actions.append(.fail(first.completion, RedisError(.unreachable, "no connection in time")))
        }
        return actions
    }
}

extension ConnectionMachine.Action: Equatable where Completion: Equatable {}
extension ConnectionMachine.Replied: Equatable where Completion: Equatable {}

extension RedisError {
    /// What it means for commands that were under way.
    fileprivate var ofOthers: RedisError { RedisError(.connectionLost, description) }

    /// What it means for commands that were not sent.
    var ofUnsent: RedisError { code == .notAllowed ? self : RedisError(.unreachable, description) }
}
