#if os(Linux)
    internal import Glibc
#endif

/// How the threads of a load share a core.
enum Priority {
    /// Lets every other thread go first from now on: reading what thousands of spectators hear must not hold up those whose
    /// time is taken. A mere low priority would be left its whole turn once it has begun. Elsewhere nothing is changed.
    static func giveWay() { schedule(as: 5, sched_param()) }

    /// Goes before whatever else the system runs, where this process may.
    static func goFirst() { schedule(as: 2, sched_param(sched_priority: 1)) }

    /// - Parameter policy: of this thread: SCHED_RR is 2, SCHED_IDLE 5; sched(7).
    private static func schedule(as policy: Int32, _ parameters: sched_param) {
        #if os(Linux)
            var parameters = parameters
            _ = sched_setscheduler(0, policy, &parameters)
        #endif
    }
}
