/// Decides which store serves. Pure: what happened comes in, with its time; what is to be done goes out.
///
/// Every change of state begins a generation. Whoever began something in an earlier one knows nothing about this one.
struct FallbackPolicy: Sendable {
    enum Action: Equatable {
        /// Pay to Redis what is owed; of what is only known, too, if Redis may have less than it was told.
        case pay(isSuspicious: Bool)
        /// Tell that another store serves.
        case report(FallbackState, reason: String)
        case reportDataLoss
        case reportOtherOwner(String)
        /// Have everything confirmed that Redis was told before.
        case suspect
        case recovered
    }

    /// Between two looks at a Redis that serves: a failure that no command has met yet is found within it.
    static let pauseWhileHealthy: Duration = .seconds(1)
    /// Between two looks at one that failed: long enough to be no burden for one that is just starting.
    static let pauseWhileDegraded: Duration = .milliseconds(250)
    /// For how long a command that failed may yet be carried out, in milliseconds. The kernel sends what it was given for
    /// at most a quarter of an hour after the socket is closed.
    static let longestDelay: Int64 = 3_600_000

    private(set) var state = FallbackState.degraded
    private(set) var generation: UInt64 = 0
    /// Milliseconds since 1970.
    private(set) var since: Int64
    private(set) var lastError: String?
    private(set) var switches = 0
    private var pulse: Pulse?
    /// Whether Redis may have less than it was told.
    private var isSuspicious = false
    private var reported: FallbackState?
    private var reportedOwner: String?

    /// - Parameter now: in milliseconds since 1970, here and below.
    init(now: Int64) { since = now }

    var pause: Duration { state == .healthy ? Self.pauseWhileHealthy : Self.pauseWhileDegraded }

    /// A command failed.
    /// - Parameter generation: that in which it was begun.
    mutating func primaryFailed(_ error: String, generation: UInt64, at now: Int64) -> [Action] {
        guard state == .healthy, generation == self.generation else { return [] }
        return fall(error, at: now)
    }

    /// - Parameter generation: that in which the look was begun.
    mutating func probeFailed(_ error: String, generation: UInt64, at now: Int64) -> [Action] {
        guard generation == self.generation, state != .recovering else { return [] }
        return fall(error, at: now)
    }

    /// - Parameter generation: that in which the look was begun.
    mutating func probeSucceeded(_ pulse: Pulse, generation: UInt64, at now: Int64) -> [Action] {
        // What was seen before a command failed says nothing about Redis after it.
        guard generation == self.generation, state != .recovering else { return [] }
        var actions: [Action] = []
        if let owner = pulse.otherOwner, owner != reportedOwner {
            reportedOwner = owner
            actions.append(.reportOtherOwner(owner))
        }
        let before = self.pulse
        self.pulse = Pulse(dataID: pulse.dataID, runID: pulse.runID ?? before?.runID)
        if let before, before.dataID != pulse.dataID {
            isSuspicious = true
            actions.append(.reportDataLoss)
        } else if let old = before?.runID, let new = pulse.runID, old != new {
            isSuspicious = true
        }
        guard state == .degraded || isSuspicious else { return actions }
        enter(.recovering, at: now)
        return actions + [.pay(isSuspicious: isSuspicious)]
    }

    mutating func debtPaid(at now: Int64) -> [Action] {
        guard state == .recovering else { return [] }
        enter(.healthy, at: now)
        defer { isSuspicious = false }
        return report("Redis answers, and has all that was owed to it") + [.recovered]
            + (isSuspicious ? [.suspect] : [])
    }

    mutating func payingFailed(_ error: String, at now: Int64) -> [Action] {
        guard state == .recovering else { return [] }
        return fall(error, at: now)
    }

    private mutating func fall(_ error: String, at now: Int64) -> [Action] {
        lastError = error
        if state != .degraded { enter(.degraded, at: now) }
        return report(error)
    }

    private mutating func enter(_ state: FallbackState, at now: Int64) {
        self.state = state
        generation += 1
        since = now
    }

    /// Each store that serves is told of once, however often Redis comes and goes before it serves again.
    private mutating func report(_ reason: String) -> [Action] {
        guard reported != state else { return [] }
        reported = state
        if state == .degraded { switches += 1 }
        return [.report(state, reason: reason)]
    }
}
