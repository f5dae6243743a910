import Dispatch
import NIOCore

/// One event loop of a simulated process. It keeps the order of what is given to it, as a real one does, but lets other
/// loops go first now and then; it dies with its process, and stands still while that is suspended.
///
/// Unchecked, because a whole simulation runs in one thread.
final class SimulatedLoop: NIOSerialEventLoopExecutor, @unchecked Sendable {
    private let agenda: Agenda
    private let chance: Chance
    private var isDead = false
    private var suspendedUntil = NIODeadline.uptimeNanoseconds(0)
    /// The tasks given to it run no earlier than the ones before them.
    private var newest = NIODeadline.uptimeNanoseconds(0)
    /// What waits for scheduled tasks; their promises must not be forgotten, even by the dead.
    private var scheduled: [Int: () -> Void] = [:]
    private var number = 0

    init(_ agenda: Agenda, _ chance: Chance) {
        self.agenda = agenda
        self.chance = chance
    }

    /// The process is gone: nothing it was about to do is done.
    func die() {
        isDead = true
        let left = scheduled.sorted { $0.key < $1.key }
        scheduled = [:]
        for cancel in left { cancel.value() }
    }

    func suspend(for time: TimeAmount) { suspendedUntil = max(suspendedUntil, agenda.now + time) }

    private func perform(_ body: @escaping () -> Void) {
        guard !isDead else { return }
        guard agenda.now >= suspendedUntil else { return agenda.add(at: suspendedUntil) { self.perform(body) } }
        body()
    }

    // MARK: EventLoop

    var now: NIODeadline { agenda.now }
    var inEventLoop: Bool { true }
    func preconditionInEventLoop(file: StaticString, line: UInt) {}
    func preconditionNotInEventLoop(file: StaticString, line: UInt) {}

    func execute(_ task: @escaping @Sendable () -> Void) {
        newest = max(newest, agenda.now + chance.micros(1...300))
        agenda.add(at: newest) { self.perform(task) }
    }

    func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        scheduleTask(deadline: agenda.now, task).futureResult
    }

    func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        guard !isDead else {
            promise.fail(EventLoopError.shutdown)
            return Scheduled(promise: promise) {}
        }
        number += 1
        let id = number
        scheduled[id] = { promise.fail(EventLoopError.cancelled) }
        agenda.add(at: deadline) {
            self.perform {
                guard self.scheduled.removeValue(forKey: id) != nil else { return }
                do { promise.assumeIsolated().succeed(try task()) } catch { promise.fail(error) }
            }
        }
        return Scheduled(promise: promise) { self.scheduled[id] = nil }
    }

    func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        scheduleTask(deadline: agenda.now + delay, task)
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        die()
        callback(nil)
    }
}
