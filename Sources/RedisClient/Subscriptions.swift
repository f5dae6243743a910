internal import DequeModule
internal import NIOCore

/// What a connection that only subscribes has asked, what it was told, and whether it is still alive. Pure.
///
/// In RESP2 the replies to a subscriber's questions come in their order, with messages between them.
struct Subscriptions {
    enum Action: Equatable {
        case send(RedisCommand)
        case deliver([UInt8], channel: String)
        /// After a connection was lost and made again: everything is confirmed, and messages may have been missed.
        case resubscribed
        /// The connection is worth nothing any more.
        case lost(RedisError)
    }

    fileprivate enum Question: Equatable {
        case subscribe(String)
        case unsubscribe(String)
        case ping
    }

    /// Channels are named by the program, never by its users; so many are a mistake.
    static let most = 65_536

    private let keepAlive: TimeAmount
    private let deadline: TimeAmount
    private(set) var wanted: Set<String> = []
    private var confirmed: Set<String> = []
    /// Channels that we may not hear, and when they are asked for again.
    private var forbidden: [String: NIODeadline] = [:]
    /// Messages for channels that nobody wants any more.
    private(set) var unwanted = 0
    private var isConnected = false
    private var wasLost = false
    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    private var questions = Deque<(question: Question, asked: NIODeadline)>()
    /// How many of them belong to resubscribing after a loss.
    private var restoring = 0

    /// - Parameters:
    ///   - keepAlive: after so long without a word the server is asked whether it is there.
    ///   - deadline: for every answer.
    init(keepAlive: TimeAmount, deadline: TimeAmount) {
        self.keepAlive = keepAlive
        self.deadline = deadline
    }

    /// How many of the wanted channels' messages come.
    var live: Int { confirmed.count }

    var error: RedisError? { forbidden.isEmpty ? nil : RedisError(.notAllowed, "a channel is forbidden to us") }

    // MARK: What the program wants

    /// - Precondition: fewer than ``most`` channels are wanted.
    mutating func want(_ channel: String, at now: NIODeadline) -> [Action] {
        guard wanted.insert(channel).inserted else { return [] }
        precondition(wanted.count <= Self.most, "more channels than a server needs")
        return isConnected ? [ask(.subscribe(channel), at: now)] : []
    }

    mutating func forget(_ channel: String, at now: NIODeadline) -> [Action] {
        guard wanted.remove(channel) != nil else { return [] }
        confirmed.remove(channel)
        let wasForbidden = forbidden.removeValue(forKey: channel) != nil
        guard isConnected else { return [] }
        return wasForbidden ? [] : [ask(.unsubscribe(channel), at: now)]
    }

    // MARK: What the connection tells

    mutating func connected(at now: NIODeadline) -> [Action] {
        isConnected = true
        lastHeard = now
        let channels = wanted.sorted()
        restoring = wasLost ? channels.count : 0
        wasLost = false
        return channels.map { ask(.subscribe($0), at: now) }
    }

    mutating func disconnected() {
        if isConnected { wasLost = true }
        isConnected = false
        restoring = 0
        questions.removeAll()
        confirmed.removeAll()
        forbidden.removeAll()
    }

    mutating func received(_ reply: Result<RedisValue, RedisError>, at now: NIODeadline) -> [Action] {
        guard isConnected else { return [] }
        lastHeard = now
        switch reply {
        case .success(.array(let parts)):
            guard case .bytes(let kind)? = parts.first else { return [.lost(.noSubscriberReply)] }
            if kind.elementsEqual("message".utf8) { return message(parts) }
            return answered(kind, parts, at: now)
        // Without any subscription the connection is an ordinary one.
        case .success(.status("PONG")): return take(.ping)
        case .failure(let error): return refused(error, at: now)
        case .success: return [.lost(.noSubscriberReply)]
        }
    }

    private mutating func message(_ parts: [RedisValue]) -> [Action] {
        guard parts.count == 3, case .bytes(let name) = parts[1], case .bytes(let message) = parts[2] else {
            return [.lost(.noSubscriberReply)]
        }
        let channel = String(decoding: name, as: UTF8.self)
        guard wanted.contains(channel) else {
            unwanted += 1
            return []
        }
        return [.deliver(message, channel: channel)]
    }

    private mutating func answered(_ kind: [UInt8], _ parts: [RedisValue], at now: NIODeadline) -> [Action] {
        guard parts.count >= 2, case .bytes(let name) = parts[1] else { return [.lost(.noSubscriberReply)] }
        let channel = String(decoding: name, as: UTF8.self)
        switch String(decoding: kind, as: UTF8.self) {
        case "subscribe":
            if wanted.contains(channel) { confirmed.insert(channel) }
            return take(.subscribe(channel))
        case "unsubscribe":
            confirmed.remove(channel)
            return take(.unsubscribe(channel))
        case "pong": return take(.ping)
        default: return [.lost(.noSubscriberReply)]
        }
    }

    private mutating func refused(_ error: RedisError, at now: NIODeadline) -> [Action] {
        guard case .subscribe(let channel)? = questions.first?.question, error.code == .notAllowed else {
            return [.lost(error)]
        }
        // The others work; this one may be allowed one day.
        if wanted.contains(channel) { forbidden[channel] = now + keepAlive }
        return take(.subscribe(channel))
    }

    /// The oldest question has its answer.
    private mutating func take(_ question: Question) -> [Action] {
        guard questions.first?.question == question else { return [.lost(.unasked)] }
        questions.removeFirst()
        guard question != .ping, restoring > 0 else { return [] }
        restoring -= 1
        return restoring == 0 ? [.resubscribed] : []
    }

    private mutating func ask(_ question: Question, at now: NIODeadline) -> Action {
        questions.append((question, now))
        return .send(question.command)
    }

    // MARK: Time

    /// When `timePassed` must be called next.
    var nextDeadline: NIODeadline? {
        guard isConnected else { return nil }
        let silence = questions.first.map { max($0.asked, lastHeard) + deadline } ?? lastHeard + keepAlive
        return forbidden.values.reduce(silence) { min($0, $1) }
    }

    mutating func timePassed(at now: NIODeadline) -> [Action] {
        guard isConnected else { return [] }
        if let oldest = questions.first {
            guard now - max(oldest.asked, lastHeard) < deadline else {
                return [.lost(RedisError(.deadline, "no answer to a subscriber in time"))]
            }
        } else if now - lastHeard >= keepAlive {
            return [ask(.ping, at: now)]
        }
        let due = forbidden.filter { $0.value <= now }.keys.sorted()
        for channel in due { forbidden[channel] = nil }
        return due.map { ask(.subscribe($0), at: now) }
    }
}

extension Subscriptions.Question {
    fileprivate var command: RedisCommand {
        switch self {
        case .subscribe(let channel): RedisCommand("SUBSCRIBE", [.text(channel)])
        case .unsubscribe(let channel): RedisCommand("UNSUBSCRIBE", [.text(channel)])
        case .ping: RedisCommand("PING")
        }
    }
}

extension RedisError {
    fileprivate static let noSubscriberReply = RedisError(.protocolViolation, "not what a subscriber is told")
}
