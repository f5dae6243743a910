#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// How the threads of a load share a core.
enum Priority {
    private static let lowest: CInt = 19

    /// Lets every other thread go first from now on: reading what thousands of spectators hear must not hold up those whose
    /// time is taken. Linux gives each thread a priority of its own; elsewhere nothing is changed.
    static func giveWay() {
        #if os(Linux)
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, lowest)
        #endif
    }
}
