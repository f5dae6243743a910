internal import Dispatch
internal import Foundation
internal import Synchronization

/// A child process that does not outlive this one, whatever becomes of it. Used by one owner at a time.
struct LabProcess: Sendable {
    let id: pid_t
    /// Where it complains; at its end once it has ended.
    private let complaints: Int32

    /// - Parameter program: looked for in `PATH`.
    init(_ program: String, _ arguments: [String]) throws {
        (id, complaints) = try Spawner.shared.spawn([program] + arguments)
    }

    func send(_ signal: Int32) { kill(id, signal) }

    /// Waits a few milliseconds for its end, which stays known to the system until ``reap()``.
    func hasEnded() -> Bool {
        var file = pollfd(fd: complaints, events: 0, revents: 0)
        return poll(&file, 1, 5) > 0
    }

    /// Blocks until it is stopped or goes on.
    func waitUntil(stopped: Bool) {
        var status: Int32 = 0
        #if os(Linux)
            let continued = Int32(bitPattern: UInt32(WCONTINUED))
        #else
            let continued = WCONTINUED
        #endif
        while waitpid(id, &status, stopped ? WUNTRACED : continued) < 0 && errno == EINTR {}
    }

    /// Blocks until it has ended, and forgets it.
    /// - Returns: its exit code (minus the signal that ended it), and what it complained of.
    @discardableResult
    func reap() -> (code: Int32, complaint: String) {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(complaints, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            bytes += chunk[..<count]
        }
        close(complaints)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return (signal == 0 ? status >> 8 & 0xff : -signal, String(decoding: bytes, as: UTF8.self))
    }

    /// Runs a program that ends by itself. Blocks.
    static func run(_ program: String, _ arguments: [String]) throws {
        let (code, complaint) = try LabProcess(program, arguments).reap()
        guard code == 0 else { throw LabError("\(program) ended with \(code): \(complaint)") }
    }
}

/// Starts children on one thread that lives as long as the process: on Linux they are killed with the thread that started
/// them, and threads of pools come and go.
private final class Spawner: Sendable {
    typealias Outcome = Result<(id: pid_t, complaints: Int32), LabError>

    static let shared = Spawner()

    private struct Job: Sendable {
        let arguments: [String]
        let done: @Sendable (Outcome) -> Void
    }

    private let jobs = Mutex<[Job]>([])
    private let wakeUp = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            while true {
                wakeUp.wait()
                guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
                job.done(Self.start(job.arguments))
            }
        }
        thread.name = "lab spawner"
        thread.start()
    }

    func spawn(_ arguments: [String]) throws -> (id: pid_t, complaints: Int32) {
        let outcome = Mutex<Outcome?>(nil)
        let done = DispatchSemaphore(value: 0)
        jobs.withLock {
            $0.append(
                Job(arguments: arguments) { result in
                    outcome.withLock { $0 = result }
                    done.signal()
                })
        }
        wakeUp.signal()
        done.wait()
        return try outcome.withLock { $0 ?? .failure(LabError("not started")) }.get()
    }

    /// Without Foundation's `Process`, which looks at every open file of a process that may have thousands.
    private static func start(_ arguments: [String]) -> Outcome {
        var pipe: [Int32] = [-1, -1]
        #if os(Linux)
            let arguments = ["setpriv", "--pdeathsig", "KILL"] + arguments
            // A pair of sockets is a pipe that no other child gets by chance.
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &pipe) == 0 else { return .failure(LabError("no pipe: \(errno)")) }
        #else
            guard Foundation.pipe(&pipe) == 0 else { return .failure(LabError("no pipe: \(errno)")) }
            for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #endif
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&files, pipe[1], 1)
        posix_spawn_file_actions_adddup2(&files, pipe[1], 2)
        closeOthers(&files)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var id: pid_t = 0
        let fault = posix_spawnp(&id, arguments[0], &files, &attributes, &argv, environ)
        close(pipe[1])
        guard fault == 0 else {
            close(pipe[0])
            return .failure(LabError("cannot start \(arguments[0]): \(String(cString: strerror(fault)))"))
        }
        return .success((id, pipe[0]))
    }
    /// A connection that a child also holds does not end when we close it, and NIO's are inherited.
    private static func closeOthers(_ files: inout posix_spawn_file_actions_t) {
        #if os(Linux)
            // Declared for C with extensions alone, but there since glibc 2.34.
            typealias Function = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
            guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return }
            _ = unsafeBitCast(symbol, to: Function.self)(&files, 3)
        #endif
    }
}
