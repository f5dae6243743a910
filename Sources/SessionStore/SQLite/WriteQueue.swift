/// The jobs that wait for the writer: any thread posts, and the one writer takes at once what came while it was busy.
/// Pure; its owner holds a mutex around every call and around nothing else.
struct WriteQueue<Job> {
    enum Answer: Equatable {
        /// The writer rests: have it woken.
        case wakeWriter
        /// The writer is busy, and takes the job with its next group.
        case waits
        /// There are too many; the job was not taken.
        case isFull
        /// There will be no further group; the job was not taken.
        case isClosed
    }

    /// Several for each client that a machine can hold. A disk that is that far behind does not catch up.
    static var capacity: Int { 65_536 }

    private var waiting: [Job] = []
    private var isWriterAwake = false
    private var isClosed = false

    mutating func post(_ job: Job) -> Answer {
        guard !isClosed else { return .isClosed }
        guard waiting.count < Self.capacity else { return .isFull }
        waiting.append(job)
        defer { isWriterAwake = true }
        return isWriterAwake ? .waits : .wakeWriter
    }

    /// What the writer does next: all that waits, or nil when it may rest.
    mutating func nextGroup() -> [Job]? {
        defer { waiting = [] }
        isWriterAwake = !waiting.isEmpty
        return isWriterAwake ? waiting : nil
    }

    /// Takes no further jobs; those that wait are still handed out.
    /// - Returns: false when it was closed before.
    mutating func close() -> Bool {
        defer { isClosed = true }
        return !isClosed
    }
}
