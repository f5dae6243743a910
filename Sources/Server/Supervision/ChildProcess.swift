#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// This program once more, as a process group of its own: what a terminal sends to us does not reach it twice.
struct ChildProcess {
    private let id: pid_t

    /// Starts it with no signal held back and none ignored. nil: `errno` says why not.
    init?(_ arguments: [String]) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var id: pid_t = 0
        let fault = posix_spawn(&id, Self.executable, nil, &attributes, &argv, environ)
        guard fault == 0 else {
            errno = fault
            return nil
        }
        self.id = id
    }

    func send(_ signal: Int32) { kill(id, signal) }

    /// The process stays known to the system until it is reaped.
    func waitUntilEnded() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    }

    func reap() -> RestartPolicy.End {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
    }

    /// Also when the file was replaced meanwhile: an upgrade waits for a restart that somebody wants.
    private static var executable: String {
        #if os(Linux)
            "/proc/self/exe"
        #else
            CommandLine.arguments[0]
        #endif
    }
}
