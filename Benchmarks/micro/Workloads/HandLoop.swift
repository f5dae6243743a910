internal import Dispatch
internal import Foundation
internal import NIOCore
internal import Synchronization

/// An event loop that does what it was given when it is told to, on its caller's thread: what is measured on it is the
/// work alone, without threads and system calls. Its time goes on when it is told to, too.
///
/// Unchecked, because one thread makes it and drives it; others only give it tasks.
final class HandLoop: NIOSerialEventLoopExecutor, @unchecked Sendable {
    private let tasks = Mutex<[@Sendable () -> Void]>([])
    /// Signalled when somebody else has given it one.
    private let came = DispatchSemaphore(value: 0)
    private let thread = pthread_self()
    private var scheduled: [(number: Int, deadline: NIODeadline, task: () -> Void)] = []
    private var number = 0
    private(set) var now = NIODeadline.now()
    var inEventLoop: Bool { true }

    /// Runs everything that it was given, and what that leads to.
    func run() {
        while true {
            let due = tasks.withLock { tasks in
                defer { tasks = [] }
                return tasks
            }
            guard !due.isEmpty else { return }
            for task in due { task() }
        }
    }

    /// Runs until that is the case, which takes what other threads do.
    func run(until isDone: () -> Bool) {
        run()
        while !isDone() {
            came.wait()
            run()
        }
    }

    /// Lets time go on, and what was scheduled happen on the way.
    func advance(by time: TimeAmount) {
        let end = now + time
        while let next = scheduled.indices.min(by: { scheduled[$0].deadline < scheduled[$1].deadline }),
            scheduled[next].deadline <= end
        {
            let (_, deadline, task) = scheduled.remove(at: next)
            now = max(now, deadline)
            task()
            run()
        }
        now = end
    }

    func execute(_ task: @escaping @Sendable () -> Void) {
        tasks.withLock { $0.append(task) }
        if pthread_self() != thread { came.signal() }
    }

    func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        let promise = makePromise(of: T.self)
        execute { do { promise.assumeIsolated().succeed(try task()) } catch { promise.fail(error) } }
        return promise.futureResult
    }

    func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        number += 1
        let me = number
        let perform = { do { promise.assumeIsolated().succeed(try task()) } catch { promise.fail(error) } }
        scheduled.append((me, deadline, perform))
        return Scheduled(promise: promise) { self.scheduled.removeAll { $0.number == me } }
    }

    func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: now + delay, task)
    }

    func preconditionInEventLoop(file: StaticString, line: UInt) {}
    func preconditionNotInEventLoop(file: StaticString, line: UInt) {}
    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {}
}
