internal import Foundation

/// What a process may have open: a shell gives it a thousand files, and the system many more to whoever asks.
enum OpenFiles {
    static func raiseLimit() {
        var limit = rlimit()
        #if canImport(Glibc)
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let files = RLIMIT_NOFILE
        #endif
        guard getrlimit(files, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it does not work, connections will fail, and say so.
        _ = setrlimit(files, &limit)
    }
}
