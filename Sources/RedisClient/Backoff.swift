internal import NIOCore

/// How long to wait before the next try: exponential, with full jitter, so that many servers that lost the same Redis do
/// not come back to it at once.
struct Backoff {
    var base = TimeAmount.milliseconds(50)
    /// A Redis that is back is found within this.
    var cap = TimeAmount.seconds(2)
    /// A connection that lasted so long was a good one: the tries are counted from the beginning, and the first one
    /// comes at once. One that breaks again and again does not get there.
    var steady = TimeAmount.seconds(1)
    /// From 0 to 1; an input of tests.
    var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// - Parameter failures: how many tries have failed in a row, at least 1.
    func delay(after failures: Int) -> TimeAmount {
        // 2 s are reached long before the shift could overflow.
        let doubled = base.nanoseconds << Int64(min(max(failures, 1) - 1, 20))
        return .nanoseconds(Int64(Double(min(doubled, cap.nanoseconds)) * random()))
    }
}
