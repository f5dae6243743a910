internal import SessionStore

/// What may leave a shard, and when: nothing that rests on a commit before that commit is safe. Pure.
///
/// One batch is with the store and one is being filled; while a batch is on its way the rooms run ahead into the next.
struct OutputGate<Output: Sendable> {
    /// Something about a room that waits.
    struct Held: Sendable {
        let room: RoomID
        let output: Output
    }

    struct Batch: Sendable {
        let number: Int
        var commits: [RoomCommit] = []
        var outputs: [Held] = []

        var isEmpty: Bool { commits.isEmpty && outputs.isEmpty }

        /// Takes out all there is of some rooms.
        mutating func split(off rooms: Set<RoomID>) -> Batch {
            let part = Batch(
                number: number, commits: commits.filter { rooms.contains($0.room) },
                outputs: outputs.filter { rooms.contains($0.room) })
            commits.removeAll { rooms.contains($0.room) }
            outputs.removeAll { rooms.contains($0.room) }
            return part
        }
    }

    private var filling = Batch(number: 1)
    private var stored: Batch?

    /// The number of the batch that takes commits now.
    var current: Int { filling.number }

    /// Adds a commit to the batch ``current``.
    mutating func commit(_ commit: RoomCommit) { filling.commits.append(commit) }

    /// Adds what must not be said before `batch` is safe, and no later than that.
    /// - Precondition: it is not safe yet.
    mutating func say(_ output: Output, about room: RoomID, restingOn batch: Int) {
        if stored != nil && batch < current {
            stored?.outputs.append(Held(room: room, output: output))
        } else {
            filling.outputs.append(Held(room: room, output: output))
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
        filling = Batch(number: filling.number + 1)
        return stored?.commits
    }

    /// The batch with the store is safe, but for the rooms of which the store took nothing: what they committed is lost,
    /// and what ran ahead on it is worth nothing either.
    /// - Parameter behind: rooms of which the store took nothing either, and which are now to be committed whole: all
    ///   that was to be said about them waits for that.
    mutating func succeeded(
        refusing rooms: Set<RoomID> = [], behind: Set<RoomID> = []
    ) -> (safe: [Output], lost: [Batch]) {
        guard var batch = stored else { return ([], []) }
        stored = nil
        if !behind.isEmpty {
            filling.outputs = batch.split(off: behind).outputs + filling.outputs
            filling.commits.removeAll { behind.contains($0.room) }
        }
        let lost = rooms.isEmpty ? [] : [batch.split(off: rooms), filling.split(off: rooms)]
        return (batch.outputs.map(\.output), lost.filter { !$0.isEmpty })
    }

    /// The batch with the store is lost, and what ran ahead on it is worth nothing either.
    mutating func failed() -> [Batch] {
        defer {
            stored = nil
            filling = Batch(number: filling.number)
        }
        return [stored, filling].compactMap(\.self).filter { !$0.isEmpty }
    }
}
