/// Where a stored room stands: what the next commit must fit.
struct RoomRecordPosition: Equatable {
    var term: Term
    var version: UInt64
}

extension RoomCommit {
    /// Where the room stands after this commit, or nil when it does not fit where the room stands now. The rule of all
    /// stores.
    /// - Parameter position: nil when there is no such room.
    func position(after position: RoomRecordPosition?) -> RoomRecordPosition? {
        let next = RoomRecordPosition(term: term, version: version)
        guard let position else {
            if case .created = change { return next }
            return nil
        }
        guard position.term == term else { return nil }
        switch change {
        case .created: return nil
        case .input: return version == position.version + 1 ? next : nil
        case .snapshot: return version >= position.version ? next : nil
        case .removed: return next
        }
    }

    /// Commits by room, each room's in their order.
    static func byRoom(_ commits: [RoomCommit]) -> [RoomID: [RoomCommit]] { Dictionary(grouping: commits, by: \.room) }
}
