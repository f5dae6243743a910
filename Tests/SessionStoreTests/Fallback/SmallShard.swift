import Testing

@testable import SessionStore

/// Rooms as a shard has them, as far as a store notices: what it is told of is acknowledged, a room that the store is
/// behind with is stored whole, and one that is refused or failed is claimed again.
///
/// A room is the list of what happened in it; its inputs are single events, its states all of them.
struct SmallShard {
    struct Room {
        let isPeriodic: Bool
        var term: Term
        var events: [String] = []
        /// How many are acknowledged.
        var acknowledged = 0
        /// How many of those of a periodic room are in its last state.
        var stored = 0
    }

    var rooms: [RoomID: Room] = [:]
    /// Rooms that are in a store, and of which nothing is in memory: all that was acknowledged of them.
    var asleep: [RoomID: Room] = [:]
    var ended: Set<RoomID> = []
    private var count = 0

    // MARK: Doing

    mutating func make(_ room: RoomID, isPeriodic: Bool, in store: any RoomStore) async throws {
        rooms[room] = Room(isPeriodic: isPeriodic, term: 1)
        try await append(room, .created(Sample.header(room), snapshot: [], isArchived: true), in: store)
    }

    /// - Parameter count: how many inputs in one batch.
    mutating func play(_ room: RoomID, _ inputs: Int, in store: any RoomStore) async throws {
        guard let live = rooms[room] else { return }
        let events = (0..<inputs).map { "\(count + $0)" }
        count += inputs
        rooms[room]?.events += events
        let first = live.events.count
        let changes: [(UInt64, RoomCommit.Change)] =
            live.isPeriodic
            ? [
                (
                    UInt64(first + inputs),
                    .snapshot(text(rooms[room]?.events ?? []), inputs: events.map { Array($0.utf8) })
                )
            ]
            : events.enumerated().map { index, event in
                (UInt64(first + index + 1), .input(Array(event.utf8), snapshot: nil))
            }
        try await append(room, changes, in: store)
    }

    mutating func confirm(_ room: RoomID, in store: any RoomStore) async throws {
        try await append(room, .confirmed, in: store)
    }

    mutating func end(_ room: RoomID, in store: any RoomStore) async throws {
        guard rooms[room] != nil else { return }
        // What was ended counts as that from when it is acknowledged.
        try await append(room, .removed(archivedUntil: .max), in: store)
    }

    private mutating func append(_ room: RoomID, _ change: RoomCommit.Change, in store: any RoomStore) async throws {
        try await append(room, [(UInt64(rooms[room]?.events.count ?? 0), change)], in: store)
    }

    private mutating func append(
        _ room: RoomID, _ changes: [(UInt64, RoomCommit.Change)], in store: any RoomStore
    ) async throws {
        var changes = changes
        for _ in 0..<10 {
            guard let live = rooms[room] else { return }
            let commits = changes.map { Sample.commit(room, $0, term: live.term, $1) }
            let report = try? await store.append(commits)
            let isRemoval = commits.endInRemoval
            if let report, !report.refused.contains(room), isRemoval || !report.behind.contains(room) {
                rooms[room]?.acknowledged = live.events.count
                if isRemoval { rooms[room] = nil }
                if isRemoval { ended.insert(room) }
                return
            }
            guard report?.behind.contains(room) == true else { return forget(room) }
            let whole = RoomCommit.Change.rewritten(
                Sample.header(room), snapshot: text(live.events), isArchived: true)
            changes = [(UInt64(live.events.count), whole)]
        }
        Issue.record("a room is behind again and again")
    }

    mutating func forget(_ room: RoomID) { asleep[room] = rooms.removeValue(forKey: room) }

    /// The server ended: all there is of the rooms is in the stores.
    mutating func forgetAll() { for room in Array(rooms.keys) { forget(room) } }

    // MARK: Looking

    /// - Parameter isUnderWay: whether something was done when the server ended, of which nothing is known here.
    /// - Returns: false when the store cannot tell now.
    mutating func wake(
        _ room: RoomID, in store: any RoomStore, isUnderWay: Bool = false, _ comment: Comment
    ) async throws -> Bool {
        guard var live = asleep[room] else { return true }
        let stored: StoredRoom?
        do { stored = try await store.claim(room) } catch { return false }
        asleep[room] = nil
        guard let stored else {
            // It was never acknowledged.
            #expect(live.acknowledged == 0 && live.term == 1 || isUnderWay, comment)
            return true
        }
        let events = Self.events(of: stored)
        #expect(events.count >= live.acknowledged, comment)
        #expect(events.starts(with: live.events.prefix(live.acknowledged)), comment)
        #expect(live.events.starts(with: events) || isUnderWay, comment)
        live.events = events
        live.acknowledged = events.count
        live.term = stored.term
        rooms[room] = live
        return true
    }

    static func events(of room: StoredRoom) -> [String] { events(of: room.snapshot, room.inputs) }
    static func events(of archive: RoomArchive) -> [String] { events(of: archive.start, archive.inputs) }

    private static func events(of state: [UInt8], _ inputs: [[UInt8]]) -> [String] {
        String(decoding: state, as: UTF8.self).split(separator: " ").map(String.init)
            + inputs.map { String(decoding: $0, as: UTF8.self) }
    }

    private func text(_ events: [String]) -> [UInt8] { Array(events.joined(separator: " ").utf8) }
}
