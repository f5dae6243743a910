internal import DequeModule
internal import NIOCore
internal import Synchronization

/// From any thread to the connection's event loop: the first message of a burst wakes it, the others ride along.
final class Inbox<Message: Sendable>: Sendable {
    typealias Consumer = @Sendable (inout Deque<Message>) -> Void

    private struct State {
        var messages = Deque<Message>()
        /// Memory for the next burst.
        var spare = Deque<Message>()
        var isScheduled = false
        var consumer: Consumer?
    }

    private let state = Mutex(State())
    private let loop: any EventLoop

    init(on loop: any EventLoop) { self.loop = loop }

    /// Never blocking; what is posted on the loop itself is handled at the end of its tick.
    func post(_ message: Message) {
        let mustSchedule = state.withLock { state in
            state.messages.append(message)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { loop.execute { self.drain() } }
    }

    /// Called on the loop, before anything is drained there.
    func open(_ consumer: @escaping Consumer) { state.withLock { $0.consumer = consumer } }

    private func drain() {
        var (messages, consumer) = state.withLock { state in
            let messages = state.messages
            state.messages = state.spare
            state.spare = Deque()
            state.isScheduled = false
            return (messages, state.consumer)
        }
        let count = messages.count
        consumer?(&messages)
        // Its memory serves the next burst, unless this one was huge.
        if messages.isEmpty, count <= Self.kept { state.withLock { $0.spare = messages } }
    }

    private static var kept: Int { 4096 }
}
