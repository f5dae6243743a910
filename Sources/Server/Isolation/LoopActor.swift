internal import NIOCore

/// An actor that lives on one event loop: its state is reached by messages, and by plain calls from that loop.
///
/// Its messages are handled in the order in which they were posted. A `Task` for each would cost an allocation and a
/// trip through the scheduler, and promise no order.
protocol LoopActor: Actor {
    associatedtype Message: Sendable

    nonisolated var mailbox: Mailbox<Message> { get }

    /// Handles all that was posted since the last pass.
    func handle(_ messages: [Message])
}

extension LoopActor {
    /// Begins to handle messages. Once, when the actor is complete.
    nonisolated func open() {
        mailbox.open { messages in
            self.assumeIsolated { $0.handle(messages) }
        }
    }

    /// From any thread, never blocking.
    nonisolated func post(_ message: Message) { mailbox.post(message) }
}

extension EventLoop {
    /// - Precondition: every loop of NIOPosix, and so every loop of this server, can run actors.
    var serialExecutor: any NIOSerialEventLoopExecutor {
        guard let executor = self as? any NIOSerialEventLoopExecutor else {
            preconditionFailure("this event loop cannot run actors")
        }
        return executor
    }
}
