internal import NIOCore

/// How late an event loop is with what it has to do, smoothed so that one long step is no overload. Pure; told each time a
/// task that was due has run.
struct LoopLag {
    enum Change: Equatable { case overloaded, recovered }

    /// The smoothed lag.
    private(set) var lag = TimeAmount.zero
    private(set) var isOverloaded = false

    /// - Parameters:
    ///   - due: when the task should have run.
    ///   - now: when it did.
    /// - Returns: what has changed, if anything has.
    mutating func ran(due: NIODeadline, at now: NIODeadline) -> Change? {
        let late = max(0, (now - due).nanoseconds)
        lag = .nanoseconds(lag.nanoseconds + (late - lag.nanoseconds) / Limits.lagSmoothing)
        switch isOverloaded {
        case false where lag > Limits.lagOfOverload:
            isOverloaded = true
            return .overloaded
        // Half, so that it does not switch back and forth.
        case true where lag + lag < Limits.lagOfOverload:
            isOverloaded = false
            return .recovered
        default: return nil
        }
    }
}
