internal import NIOCore

/// When to ping a connection, and when to take it for dead. Pure; asked once a second.
struct Heartbeat {
    enum Action: Equatable { case nothing, ping, dead }

    private var lastHeard: NIODeadline
    private var lastPing: NIODeadline
    private var unanswered = 0

    init(now: NIODeadline) {
        lastHeard = now
        lastPing = now
    }

    /// Anything a client sends shows that it lives.
    mutating func heard(at now: NIODeadline) {
        lastHeard = now
        unanswered = 0
    }

    mutating func beat(at now: NIODeadline, isRealTime: Bool) -> Action {
        let interval = isRealTime ? Limits.realTimeHeartbeat : Limits.heartbeat
        guard now - max(lastHeard, lastPing) >= interval else { return .nothing }
        guard unanswered < Limits.unansweredPings else { return .dead }
        unanswered += 1
        lastPing = now
        return .ping
    }
}
