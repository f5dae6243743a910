internal import SessionStore

/// What may leave a shard, and when: nothing that rests on a commit before that commit is safe. Pure.
///
/// One batch is with the store and one is being filled; while a batch is on its way the rooms run ahead into the next.
struct OutputGate<Output: Sendable> {
    struct Batch: Sendable {
        var commits: [RoomCommit] = []
        var outputs: [Output] = []
    }

    /// The number of the batch that takes commits now.
    private(set) var current = 1
    private var filling = Batch()
    private var stored: Batch?

    /// Adds a commit to the batch ``current``.
    mutating func commit(_ commit: RoomCommit) { filling.commits.append(commit) }

    /// Adds what must not be said before `batch` is safe, and no later than that.
    /// - Precondition: it is not safe yet.
    mutating func say(_ output: Output, restingOn batch: Int) {
        if stored != nil && batch < current {
            stored?.outputs.append(output)
        } else {
            filling.outputs.append(output)
        }
    }

    /// Whether everything in `batch` is safe.
    func isSafe(_ batch: Int) -> Bool { batch < current - (stored == nil ? 0 : 1) }

    /// Whether the store has everything.
    var isIdle: Bool { stored == nil && filling.commits.isEmpty }

    /// At the end of every pass: the commits to hand to the store now, if it is free and there are any.
    mutating func nextBatch() -> [RoomCommit]? {
        guard stored == nil, !filling.commits.isEmpty else { return nil }
        stored = filling
        filling = Batch()
        current += 1
        return stored?.commits
    }

    /// The batch with the store is safe.
    mutating func succeeded() -> [Output] {
        defer { stored = nil }
        return stored?.outputs ?? []
    }

    /// The batch with the store is lost, and what ran ahead on it is worth nothing either.
    mutating func failed() -> [Batch] {
        defer {
            stored = nil
            filling = Batch()
        }
        return [stored, filling].compactMap(\.self)
    }
}
