#if os(Linux)
    internal import Glibc
#endif

/// How the threads of a load share a core. Where the system is not Linux nothing is changed.
enum Priority {
    /// Lets every other thread go first from now on: reading what thousands of spectators hear must not hold up those whose
    /// time is taken. A mere low priority would be left its whole turn once it has begun.
    static func giveWay() { schedule(as: 5, priority: 0) }

    /// Goes before whatever else the system runs, where this process may.
    static func goFirst() { schedule(as: 2, priority: 1) }

    /// - Parameter policy: of this thread: SCHED_RR is 2, SCHED_IDLE 5; sched(7).
    private static func schedule(as policy: Int32, priority: Int32) {
        #if os(Linux)
            var parameters = sched_param(sched_priority: priority)
            _ = sched_setscheduler(0, policy, &parameters)
        #endif
    }
}
