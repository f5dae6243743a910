internal import NIOCore

/// When each send is due: so many a second, evenly, or several at one moment. Pure; what is due does not depend on how long
/// anything else took, so that a server which stalls does not slow down those who measure it.
struct Schedule {
    private let start: NIODeadline
    private let nanosecondsPerSend: Double
    private let burst: Int
    /// How many have been taken.
    private(set) var taken = 0

    /// - Parameter perSecond: of sends, with `burst` of them at one moment.
    init(from start: NIODeadline, perSecond: Double, burst: Int = 1) {
        self.start = start
        nanosecondsPerSend = 1e9 / perSecond
        self.burst = burst
    }

    /// When the next one is due.
    var next: NIODeadline {
        start + .nanoseconds(Int64(Double(taken / burst * burst) * nanosecondsPerSend))
    }

    /// - Returns: when it was due, if one is; late ones come as fast as they are taken.
    mutating func take(at now: NIODeadline) -> NIODeadline? {
        let due = next
        guard due <= now else { return nil }
        taken += 1
        return due
    }
}
