internal import NIOCore

/// What a scenario sees and does: the time, what is to be sent, what its clients hold the server to, and what is counted.
/// Pure: whoever runs it moves the clock, and carries out ``acts``.
struct Load {
    enum Act: Equatable {
        case send(Int, String)
        /// A client that has ended, or not begun, connects.
        case connect(Int)
        /// A client says goodbye.
        case close(Int)
    }

    var now: NIODeadline
    var tally = Tally()
    /// What is to be done now, in order.
    var acts: [Act] = []
    private var witnesses: [Witness]
    /// Requests of all clients that have no answer yet.
    private(set) var unanswered = 0

    init(connections: Int, now: NIODeadline) {
        self.now = now
        witnesses = Array(repeating: Witness(), count: connections)
    }

    // MARK: Sending

    /// - Returns: when the next send was due, if one is.
    mutating func next(of schedule: inout Schedule) -> NIODeadline? {
        guard let due = schedule.take(at: now) else { return nil }
        tally.cameTo(due, at: now)
        return due
    }

    /// Sends what nobody answers.
    mutating func say(_ client: Int, _ text: String) { acts.append(.send(client, text)) }

    /// Sends what is answered under its id.
    /// - Parameter due: from when on its latency counts; nil: from now.
    mutating func ask(_ client: Int, due: NIODeadline? = nil, _ text: (Int64) -> String) {
        let id = witnesses[client].asks(due: due ?? now)
        unanswered += 1
        say(client, text(id))
    }

    // MARK: Receiving

    /// Looks at a text that has come.
    /// - Returns: the message, and when the request was due that it answers; nil for what no server may send.
    mutating func heard(
        _ text: UnsafeRawBufferPointer, by client: Int
    ) -> (message: Message, due: NIODeadline?)? {
        guard let message = Message(text) else {
            tally.fault("a text that is no message")
            return nil
        }
        if message.isRefusal { tally.refused(message.errorCode?.string ?? "no code") }
        do throws(Witness.Fault) {
            let due = try witnesses[client].hears(message)
            if due != nil { unanswered -= 1 }
            return (message, due)
        } catch {
            tally.fault(error.description)
            return nil
        }
    }

    /// The client's connection has ended; another one may take its place.
    mutating func ended(_ client: Int) {
        unanswered -= witnesses[client].unansweredCount
        witnesses[client] = Witness()
    }

    /// A request that was due then has come to its end.
    mutating func answered(due: NIODeadline) { tally.answered(due: due, at: now) }
    mutating func delivered() { tally.delivered(at: now) }
}
