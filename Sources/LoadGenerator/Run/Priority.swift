#if os(Linux)
    internal import Glibc
#endif

/// How the threads of a load share a core.
enum Priority {
    /// Lets every other thread go first from now on: reading what thousands of spectators hear must not hold up those whose
    /// time is taken. A mere low priority would be left its whole turn once it has begun. Elsewhere nothing is changed.
    static func giveWay() {
        #if os(Linux)
            // SCHED_IDLE, of this thread; sched(7).
            var priority = sched_param()
            _ = sched_setscheduler(0, 5, &priority)
        #endif
    }
}
