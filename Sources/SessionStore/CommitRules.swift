/// Where a stored room stands: what the next commit must fit.
struct StoredPosition: Equatable {
    var term: Term
    var version: UInt64
}

/// The rules of all stores: which commits fit a room.
enum CommitRules {
    /// Why a commit does not fit.
    enum Misfit: Error {
        /// It is another owner's, or contradicts what is stored.
        case refused
        /// Less is stored than it builds on.
        case behind
    }

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
        switch commit.change {
        case .created(let header, _, _):
            guard position == nil, header.id == commit.room else { throw .refused }
            return next
        case .rewritten(let header, _, _):
            guard position?.term ?? 0 <= commit.term, header.id == commit.room else { throw .refused }
            return next
        case .input, .snapshot, .migrated, .confirmed, .removed: break
        }
        guard let position, position.term >= commit.term else { throw .behind }
        guard position.term == commit.term else { throw .refused }
        switch commit.change {
        case .removed: return nil
        case .snapshot, .migrated: guard commit.version >= position.version else { throw .refused }
        case .input: try check(commit.version, follows: position.version &+ 1)
        case .confirmed: try check(commit.version, follows: position.version)
        case .created, .rewritten: break
        }
        return next
    }

    private static func check(_ version: UInt64, follows expected: UInt64) throws(Misfit) {
        guard version <= expected else { throw .behind }
        guard version == expected else { throw .refused }
    }

    /// Sorts a room whose commits do not fit into the report.
    static func report(_ room: RoomID, _ misfit: Misfit, in report: inout AppendReport) {
        switch misfit {
        case .refused: report.refused.insert(room)
        case .behind: report.behind.insert(room)
        }
    }

    /// Commits by room, each room's in their order.
    static func byRoom(_ commits: [RoomCommit]) -> [RoomID: [RoomCommit]] { Dictionary(grouping: commits, by: \.room) }
}
