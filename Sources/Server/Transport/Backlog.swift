internal import NIOCore

/// How far a connection is behind with reading what it is owed, and what follows. Pure; told whenever that changes, and
/// once a second.
struct Backlog {
    enum Verdict: Equatable {
        /// What it asks for is answered.
        case small
        /// Over the bound: what it asks for waits, so that it can make no more of it.
        case large
        /// Over the bound for too long, or so far that it will not be read in time: the connection ends.
        case hopeless
    }

    private let bound: Int
    private let patience: Duration
    private var overSince: NIODeadline?

    init(_ limits: Limits) {
        bound = limits.outboxBytes
        patience = limits.outboxTime
    }

    /// Whether that much asks for a closer look at the clock.
    func isOver(_ owed: Int) -> Bool { bound > 0 && owed > bound }

    /// - Parameter owed: in bytes.
    mutating func judge(_ owed: Int, at now: NIODeadline) -> Verdict {
        guard isOver(owed) else {
            overSince = nil
            return .small
        }
        let since = overSince ?? now
        overSince = since
        let isLate = patience > .zero && now - since >= TimeAmount(patience)
        return isLate || owed > bound * Limits.outboxExcess ? .hopeless : .large
    }
}
