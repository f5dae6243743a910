internal import NIOCore
internal import Synchronization

/// From any thread to the connection's event loop: the first message of a burst wakes it, the others ride along.
final class Inbox<Message: Sendable>: Sendable {
    typealias Consumer = @Sendable ([Message]) -> Void

    private struct State {
        var messages: [Message] = []
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
        let (messages, consumer) = state.withLock { state in
            let messages = state.messages
            state.messages = []
            state.messages.reserveCapacity(min(messages.count, Self.reserved))
            state.isScheduled = false
            return (messages, state.consumer)
        }
        consumer?(messages)
    }

    /// One huge burst must not make every later one large.
    private static var reserved: Int { 1024 }
}
