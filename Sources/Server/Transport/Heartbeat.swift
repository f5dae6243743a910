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

/// Goes round all connections of a loop once a second, some at a time. Pure.
struct HeartbeatRound {
    static let time = TimeAmount.seconds(1)

    private var next = 0

    /// Looks at the next connections: as many as take no time that somebody would notice.
    /// - Parameters:
    ///   - count: of all of them.
    ///   - ping: looks at one; whether it was pinged.
    /// - Returns: when the next ones are to be looked at: as much of a second as these were of all.
    mutating func look(at count: Int, ping: (Int) -> Bool) -> TimeAmount {
        if next >= count { next = 0 }
        let first = next, end = min(first + Limits.heartbeatPart, count)
        var pings = 0
        while next < end, pings < Limits.heartbeatPings {
            if ping(next) { pings += 1 }
            next += 1
        }
        return next == first ? Self.time : .nanoseconds(Self.time.nanoseconds * Int64(next - first) / Int64(count))
    }
}
