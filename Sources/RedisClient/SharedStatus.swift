internal import Synchronization

/// What any thread may ask a connection.
final class SharedStatus: Sendable {
    private let status = Mutex(RedisStatus())
    /// Written for every burst, so kept apart from the rest.
    private let inFlight = Atomic(0)

    var current: RedisStatus {
        var current = status.withLock { $0 }
        current.inFlight = inFlight.load(ordering: .relaxed)
        return current
    }

    /// - Returns: whether the phase is another one.
    func set(_ new: RedisStatus) -> Bool {
        setInFlight(new.inFlight)
        return status.withLock { status in
            defer { status = new }
            return status.phase != new.phase
        }
    }

    func setInFlight(_ count: Int) { inFlight.store(count, ordering: .relaxed) }
}
