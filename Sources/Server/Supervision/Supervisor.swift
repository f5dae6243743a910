internal import Foundation
internal import Logging
internal import Synchronization
internal import UnixSignals

/// `parlor serve --supervise`: runs the server as a process of its own and starts it again when a game has ended it.
/// systemd and Kubernetes do the same; this is for where there is neither.
final class Supervisor: Sendable {
    private struct State {
        var child: ChildProcess?
        var isStopping = false
    }

    private let arguments: [String]
    /// Where the server's black box is; nil: it has none.
    private let box: String?
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter arguments: of the server, its name first.
    init(_ arguments: [String], box: String?, logger: Logger) {
        self.arguments = arguments
        self.box = box
        self.logger = logger
    }

    /// Never returns. The process ends when the server has ended for good.
    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        // A thread of its own, because the kernel tells the server of the end of the thread that started it.
        Thread.detachNewThread { self.keepRunning() }
        for await signal in signals { pass(on: signal) }
    }

    /// The server hears what we hear; between two servers there is nobody to ask.
    private func pass(on signal: UnixSignal) {
        state.withLock { state in
            state.isStopping = true
            guard let child = state.child else { Foundation.exit(0) }
            child.send(signal.rawValue)
        }
    }

    private func keepRunning() -> Never {
        var policy = RestartPolicy()
        while true {
            let start = ContinuousClock.now
            let end = runOnce()
            let finding = box.flatMap { TrapRecorder.finding(in: $0) }.flatMap { $0.traps.isEmpty ? nil : $0 }
            let action = policy.ended(
                end, after: start.duration(to: .now), guiltyFlight: finding?.flight,
                isStopping: state.withLock(\.isStopping))
            switch action {
            case .exit(let code): Foundation.exit(code)
            case .restart(let delay):
                logger.error(
                    "server ended, starting it again",
                    metadata: ["end": "\(end)", "delayMs": "\(delay.milliseconds)"])
                Thread.sleep(forTimeInterval: delay / .seconds(1))
            }
        }
    }

    private func runOnce() -> RestartPolicy.End {
        guard let child = ChildProcess(arguments + ["--supervisor", "\(getpid())"]) else {
            logger.critical("the server cannot be started", metadata: ["error": "\(String(cString: strerror(errno)))"])
            return .exit(1)
        }
        state.withLock { $0.child = child }
        child.waitUntilEnded()
        // Nobody signals a number that may be another process's by now.
        return state.withLock { state in
            state.child = nil
            return child.reap()
        }
    }
}
