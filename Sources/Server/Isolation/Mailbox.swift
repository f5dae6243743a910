internal import NIOCore
internal import Synchronization

/// Many producers, one consumer: how anything reaches an actor on an event loop without a task.
///
/// The first message of a burst wakes the loop, the others ride along, and the consumer gets all of them in the order in
/// which they were posted. The mutex is held for an append or a swap, never while anything is done. What is posted before
/// the mailbox is opened waits, so that actors which post to each other can be made one after the other.
final class Mailbox<Message: Sendable>: Sendable {
    typealias Consumer = @Sendable ([Message]) -> Void

    private struct State {
        var messages: [Message] = []
        var isScheduled = false
        var consumer: Consumer?
    }

    private let state = Mutex(State())
    private let executor: any NIOSerialEventLoopExecutor

    init(on loop: any EventLoop) { executor = loop.serialExecutor }

    /// From any thread, never blocking.
    func post(_ message: Message) {
        let mustSchedule = state.withLock { state in
            state.messages.append(message)
            defer { state.isScheduled = true }
            return !state.isScheduled && state.consumer != nil
        }
        if mustSchedule { schedule() }
    }

    /// - Parameter consumer: called on the mailbox's loop.
    func open(_ consumer: @escaping Consumer) {
        let mustSchedule = state.withLock { state in
            state.consumer = consumer
            state.isScheduled = !state.messages.isEmpty
            return state.isScheduled
        }
        if mustSchedule { schedule() }
    }

    /// Lets go of the consumer; what is posted from now on is never handled.
    func close() { state.withLock { $0.consumer = nil } }

    /// Hands over what waits already: for another consumer on the same loop, to which something came by another way that was
    /// caused by it.
    func catchUp() { drain() }

    private func schedule() { executor.execute { self.drain() } }

    private func drain() {
        let (messages, consumer) = state.withLock { state in
            let messages = state.messages
            state.messages = []
            state.messages.reserveCapacity(messages.count)
            state.isScheduled = false
            return (messages, state.consumer)
        }
        consumer?(messages)
    }
}
