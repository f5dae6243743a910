internal import NIOCore

/// How often something may happen: so many times a second, and that many more in a burst. Pure; time comes in.
struct TokenBucket {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var last: NIODeadline

    /// - Parameter perSecond: 0 means no limit.
    init(perSecond: Double, burst: Double, now: NIODeadline) {
        self.perSecond = perSecond
        self.burst = burst
        tokens = burst
        last = now
    }

    /// - Returns: nil when there was enough, else how long until there is.
    mutating func take(_ cost: Double = 1, at now: NIODeadline) -> Duration? {
        guard perSecond > 0 else { return nil }
        tokens = min(burst, tokens + perSecond * Double((now - last).nanoseconds) / 1e9)
        last = now
        // What costs more than the bucket holds takes all of it; else it could never happen.
        let cost = min(cost, burst)
        guard tokens < cost else {
            tokens -= cost
            return nil
        }
        return .milliseconds(Int64((cost - tokens) / perSecond * 1000) + 1)
    }

    /// Whether nothing that was taken is still missing.
    func isFull(at now: NIODeadline) -> Bool {
        tokens + perSecond * Double((now - last).nanoseconds) / 1e9 >= burst
    }
}
