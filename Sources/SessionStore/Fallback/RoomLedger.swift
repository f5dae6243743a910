/// What a server that is alone knows of where its rooms are. Pure.
///
/// A room's newest record is in SQLite if its id is among ``owed``, and else in Redis. It moves only whole, by
/// `.rewritten`, which its shard sends when it hears that the store is behind.
///
/// **Late commits.** A command that failed may yet be carried out by Redis, minutes later. So the commits of a room that
/// were under way when Redis failed are never sent there again under their term: from then on the room's term is raised,
/// and the raised one is safe in SQLite before Redis hears of it. Whatever comes late is of a lower term than the record
/// that it meets, and refused. Where it meets none, since the room was removed, the removal is remembered for as long as
/// something may come: such a room is not handed out, and removed once more in the end.
///
/// **Which is newer.** A record in SQLite is never older than what was acknowledged by Redis, because it is deleted before
/// the acknowledgement. That holds if the deletion itself is safe: the file must be `full`y synchronous, or the power may
/// bring the record back. It also does not hold for a file that was restored from a backup, whose rooms count as the
/// newest because the operator wanted them back; and if Redis forgot what it had acknowledged, nobody knows better.
struct RoomLedger {
    /// Where the commits of a room go.
    enum Place: Equatable {
        case primary
        case local
        /// Nowhere: they cannot fit.
        case refused
        /// Nowhere: the room must come whole.
        case behind
    }

    /// A room that was removed, and that Redis may have or get.
    struct Grave {
        let number: Int64
        /// Another room of that id is being stored in Redis.
        var isContested = false
    }

    /// A room some of whose commits may yet be carried out by Redis.
    private struct Doubt {
        /// The highest term of those commits.
        var highest: Term
        /// What is added to the term that the room's shard knows.
        var lift: Term
        /// Whether the raised term is in SQLite.
        var isSafe: Bool
    }

    /// The terms of the rooms whose newest record is in SQLite.
    private(set) var owed: [RoomID: Term]
    private(set) var graves: [RoomID: Grave]
    private var doubts: [RoomID: Doubt] = [:]
    /// Rooms on their way into SQLite.
    private var arriving: [RoomID: Int] = [:]

    init(owed: [RoomID: Term], graves: [RoomID: Int64]) {
        self.owed = owed
        self.graves = graves.mapValues { Grave(number: $0) }
    }

    /// Whether every room is in Redis, and nothing about any is remembered.
    var isClear: Bool { owed.isEmpty && graves.isEmpty && doubts.isEmpty }

    // MARK: Routing

    /// Where commits of one room go while Redis serves.
    /// - Parameter commits: not empty, raised by ``lifted(_:)``.
    func place(of room: RoomID, _ commits: [RoomCommit]) -> Place {
        guard let first = commits.first else { return .refused }
        if doubts[room]?.isSafe == false { return .local }
        if let term = owed[room] {
            guard first.term >= term else { return .refused }
            if case .created = first.change { return .refused }
            // Also when it is removed at once: Redis may have an older one.
            return commits.endInRemoval ? .local : first.isWhole ? .primary : .behind
        }
        return graves[room] == nil || first.isWhole ? .primary : .behind
    }

    /// The commits under the terms by which stores know the rooms.
    func lifted(_ commits: [RoomCommit]) -> [RoomCommit] {
        guard !doubts.isEmpty else { return commits }
        return commits.map { commit in
            guard let lift = doubts[commit.room]?.lift, lift > 0 else { return commit }
            return RoomCommit(
                room: commit.room, term: commit.term + lift, epoch: commit.epoch, version: commit.version,
                change: commit.change)
        }
    }

    /// Whether SQLite is to be asked for a room first.
    func mayBeLocal(_ room: RoomID) -> Bool { owed[room] != nil || arriving[room] != nil }

    /// Whether a room was removed, whatever Redis says.
    func isGone(_ room: RoomID) -> Bool { owed[room] == nil && graves[room] != nil }

    // MARK: What happened

    /// Redis failed, and may yet store the commits.
    /// - Parameter sent: the same commits under the terms that they were sent with.
    mutating func doubted(_ commits: [RoomCommit], sent: [RoomCommit]) {
        for (commit, sent) in zip(commits, sent) {
            let doubt = doubts[commit.room]
            let highest = max(doubt?.highest ?? 0, sent.term)
            let lift = max(doubt?.lift ?? 0, highest + 1 - commit.term)
            doubts[commit.room] = Doubt(highest: highest, lift: lift, isSafe: false)
        }
    }

    /// The room is whose shard was told `term`.
    /// - Returns: false when something under way is of that term or a higher one: claim it once more.
    mutating func claimed(_ room: RoomID, _ term: Term) -> Bool {
        if owed[room] != nil { owed[room] = term }
        if let doubt = doubts[room], term <= doubt.highest { return false }
        doubts[room] = nil
        return true
    }

    mutating func departed(_ rooms: some Sequence<RoomID>) {
        for room in rooms { arriving[room, default: 0] += 1 }
    }

    mutating func arrived(_ rooms: some Sequence<RoomID>) {
        for room in rooms {
            let rest = (arriving[room] ?? 1) - 1
            arriving[room] = rest > 0 ? rest : nil
        }
    }

    /// SQLite has the newest record.
    mutating func storedLocally(_ room: RoomID, _ term: Term) {
        owed[room] = term
        doubts[room]?.isSafe = true
    }

    /// Redis has the newest record, and SQLite none.
    mutating func moved(_ room: RoomID) { owed[room] = nil }

    /// Redis has a room, and it is remembered no longer that one of its id was removed.
    mutating func reborn(_ room: RoomID) { graves[room] = nil }

    /// - Parameter grave: the number under which that is remembered; nil: it could not be noted.
    mutating func removed(_ room: RoomID, grave: Int64?) {
        owed[room] = nil
        doubts[room] = nil
        contest(room, false)
        if let grave { graves[room] = Grave(number: grave) }
    }

    // MARK: Graves

    /// Another room of an id that is remembered as removed is on its way to Redis, or did not get there.
    mutating func contest(_ room: RoomID, _ isContested: Bool) { graves[room]?.isContested = isContested }

    /// Whether what Redis has of a room is what was removed.
    func isDead(_ room: RoomID, number: Int64) -> Bool {
        guard let grave = graves[room] else { return false }
        return grave.number == number && !grave.isContested
    }

    mutating func forget(_ room: RoomID, number: Int64) {
        if graves[room]?.number == number { graves[room] = nil }
    }
}

extension RoomCommit {
    /// Whether it brings a room that the store need not have.
    var isWhole: Bool {
        switch change {
        case .created, .rewritten: true
        case .input, .snapshot, .migrated, .confirmed, .removed: false
        }
    }

    var isRemoval: Bool { if case .removed = change { true } else { false } }

    var archivedUntil: Int64? { if case .removed(let until) = change { until } else { nil } }
}

extension [RoomCommit] {
    var endInRemoval: Bool { last?.isRemoval ?? false }
}
