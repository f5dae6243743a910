/// Whether a server that has ended is started again. Pure.
struct RestartPolicy {
    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    enum Action: Equatable {
        /// The supervisor ends too, with this code.
        case exit(Int32)
        case restart(after: Duration)
    }

    /// Ends that are meant: done, a bad command line, a bad configuration.
    private static let deliberate: Set<Int32> = [0, 64, 78]

    private var delay = Duration.zero
    /// The process whose guilt was last seen: it stands in the black box until a server has read it.
    private var guiltyFlight: UInt64?

    /// - Parameters:
    ///   - flight: of the process that the black box says was ended by a game, if any.
    ///   - isStopping: somebody asked for the end.
    mutating func ended(_ end: End, after life: Duration, guiltyFlight flight: UInt64?, isStopping: Bool) -> Action {
        let isGuilty = flight != nil && flight != guiltyFlight
        guiltyFlight = flight ?? guiltyFlight
        if isStopping { return .exit(Self.code(of: end)) }
        if case .exit(let code) = end, Self.deliberate.contains(code) || !isGuilty { return .exit(code) }
        if life >= Limits.soundRun { delay = .zero }
        defer { delay = min(max(Limits.firstRestartDelay, delay * 2), Limits.longestRestartDelay) }
        return .restart(after: delay)
    }

    /// As a shell tells it.
    private static func code(of end: End) -> Int32 {
        switch end {
        case .exit(let code): code
        case .signal(let signal): 128 + signal
        }
    }
}
