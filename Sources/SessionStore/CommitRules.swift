/// Where a stored room stands: what the next commit must fit.
struct StoredPosition: Equatable {
    var term: Term
    var version: UInt64
}

/// The rules of all stores: which commits fit a room.
enum CommitRules {
    /// A commit of another owner, or one that does not follow what is stored.
    struct Misfit: Error {}

    /// Where a room stands after `commits`, none of which is stored yet.
    /// - Parameter position: where it stands now. nil, here and in the result: there is no such room.
    static func position(after commits: [RoomCommit], from position: StoredPosition?) throws(Misfit) -> StoredPosition?
    {
        var position = position
        for commit in commits { position = try self.position(after: commit, from: position) }
        return position
    }

    private static func position(
        after commit: RoomCommit, from position: StoredPosition?
    ) throws(Misfit) -> StoredPosition? {
        let next = StoredPosition(term: commit.term, version: commit.version)
        guard let position else {
            guard case .created(let header, _, _) = commit.change, header.id == commit.room else { throw Misfit() }
            return next
        }
        guard position.term == commit.term else { throw Misfit() }
        switch commit.change {
        case .input where commit.version == position.version &+ 1: return next
        case .snapshot where commit.version >= position.version: return next
        case .migrated where commit.version >= position.version: return next
        case .removed: return nil
        case .created, .input, .snapshot, .migrated: throw Misfit()
        }
    }

    /// Commits by room, each room's in their order.
    static func byRoom(_ commits: [RoomCommit]) -> [RoomID: [RoomCommit]] { Dictionary(grouping: commits, by: \.room) }
}
