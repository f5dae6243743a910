internal import Logging
internal import NIOCore
internal import Synchronization

/// Measures how late one event loop is, by a task that notes when it runs, and says so once when it is too much. Its
/// figures are read from anywhere.
final class LoadWatch: Sendable {
    private let loop: any EventLoop
    private let logger: Logger
    private let loopLag: NIOLoopBoundBox<LoopLag>
    private let nanoseconds = Atomic<Int64>(0)
    private let overloaded = Atomic<Bool>(false)
    private let stopped = Atomic<Bool>(false)

    init(loop: any EventLoop, logger: Logger) {
        self.loop = loop
        self.logger = logger
        loopLag = .makeBoxSendingValue(LoopLag(), as: LoopLag.self, eventLoop: loop)
    }

    /// How late the loop is, smoothed.
    var lag: TimeAmount { .nanoseconds(nanoseconds.load(ordering: .relaxed)) }
    var isOverloaded: Bool { overloaded.load(ordering: .relaxed) }

    func start() { lookAgain() }

    /// The next look is the last.
    func stop() { stopped.store(true, ordering: .relaxed) }

    /// The task that was due has run. On the loop.
    func ran(due: NIODeadline, at now: NIODeadline) {
        let change = loopLag.value.ran(due: due, at: now)
        let lag = loopLag.value.lag
        nanoseconds.store(lag.nanoseconds, ordering: .relaxed)
        overloaded.store(loopLag.value.isOverloaded, ordering: .relaxed)
        let metadata: Logger.Metadata = ["lag.ms": "\(lag.nanoseconds / 1_000_000)"]
        switch change {
        case .overloaded: logger.warning("overloaded: nobody new is let into rooms for now", metadata: metadata)
        case .recovered: logger.notice("no longer overloaded", metadata: metadata)
        case nil: break
        }
    }

    private func lookAgain() {
        let due = NIODeadline.now() + Limits.lagInterval
        loop.scheduleTask(deadline: due) { [self] in
            guard !stopped.load(ordering: .relaxed) else { return }
            ran(due: due, at: .now())
            lookAgain()
        }
    }
}
