internal import Synchronization

/// Rooms for as long as the process lives: for trying things out, and for tests. Completions are called before the call
/// returns, on the same thread.
public final class MemoryRoomStore: RoomStore {
    private struct State {
        var rooms: [RoomID: RoomRecord] = [:]
        var archives: [RoomID: KeptArchive] = [:]
    }

    private let state = Mutex(State())
    private let keepsArchives: Bool

    /// - Parameter keepsArchives: whether rooms can be played back. They fill the memory.
    public init(keepsArchives: Bool = false) { self.keepsArchives = keepsArchives }

    public func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        completion(.success(state.withLock { $0.rooms[room]?.claim() }))
    }

    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        let report = state.withLock { state in
            var report = AppendReport()
            for (room, commits) in CommitRules.byRoom(commits) {
                do throws(CommitRules.Misfit) {
                    _ = try CommitRules.position(after: commits, from: state.rooms[room]?.position)
                    for commit in commits { apply(commit, to: &state) }
                } catch {
                    CommitRules.report(room, error, in: &report)
                }
            }
            return report
        }
        completion(.success(report))
    }

    public func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        state.withLock { state in
            let headers = state.rooms.values.map(\.header).filter { room.map(\.rawValue) ?? "" < $0.id.rawValue }
            return Array(headers.sorted { $0.id.rawValue < $1.id.rawValue }.prefix(limit))
        }
    }

    public func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? {
        state.withLock { state in
            state.archives[room].map { kept in
                let inputs = kept.inputs + (state.rooms[room]?.inputs ?? [])
                return RoomArchive(header: kept.header, start: kept.start, inputs: inputs)
            }
        }
    }

    public func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int {
        state.withLock { state in
            let before = state.archives.count
            state.archives = state.archives.filter { $0.value.keptUntil.map { $0 > now } ?? true }
            return before - state.archives.count
        }
    }

    /// - Parameter commit: one that fits.
    private func apply(_ commit: RoomCommit, to state: inout State) {
        let room = commit.room
        switch commit.change {
        case .created(let header, let snapshot, let isArchived), .rewritten(let header, let snapshot, let isArchived):
            state.rooms[room] = RoomRecord(header, commit, snapshot)
            state.archives[room] = isArchived && keepsArchives ? KeptArchive(header: header, start: snapshot) : nil
        case .input(let input, let snapshot):
            state.rooms[room]?.inputs.append(input)
            if let snapshot { trim(room, to: snapshot, commit, [], &state) }
        case .snapshot(let snapshot, let inputs): trim(room, to: snapshot, commit, inputs, &state)
        case .migrated(let snapshot):
            trim(room, to: snapshot, commit, [], &state)
            if let kept = state.archives[room] {
                state.archives[room] = KeptArchive(header: kept.header, start: snapshot)
            }
        case .confirmed: break
        case .removed(let keptUntil):
            state.archives[room]?.inputs += state.rooms[room]?.inputs ?? []
            state.rooms[room] = nil
            if let keptUntil { state.archives[room]?.keptUntil = keptUntil } else { state.archives[room] = nil }
        }
        state.rooms[room]?.position.version = commit.version
    }

    private func trim(
        _ room: RoomID, to snapshot: [UInt8], _ commit: RoomCommit, _ inputs: [[UInt8]], _ state: inout State
    ) {
        state.archives[room]?.inputs += (state.rooms[room]?.inputs ?? []) + inputs
        state.rooms[room]?.trim(to: snapshot, commit)
    }
}

/// What is kept of one room.
private struct RoomRecord {
    let header: RoomHeader
    var position: StoredPosition
    var epoch: Epoch
    var snapshot: [UInt8]
    var snapshotVersion: UInt64
    var inputs: [[UInt8]] = []

    init(_ header: RoomHeader, _ commit: RoomCommit, _ snapshot: [UInt8]) {
        self.header = header
        position = StoredPosition(term: commit.term, version: commit.version)
        epoch = commit.epoch
        self.snapshot = snapshot
        snapshotVersion = commit.version
    }

    mutating func claim() -> StoredRoom {
        position.term += 1
        return StoredRoom(
            header: header, term: position.term, epoch: epoch, snapshot: snapshot, snapshotVersion: snapshotVersion,
            inputs: inputs)
    }

    mutating func trim(to snapshot: [UInt8], _ commit: RoomCommit) {
        self.snapshot = snapshot
        snapshotVersion = commit.version
        epoch = commit.epoch
        inputs = []
    }
}

/// What is kept for playing a room back.
private struct KeptArchive {
    let header: RoomHeader
    let start: [UInt8]
    var inputs: [[UInt8]] = []
    /// nil while the room lives.
    var keptUntil: Int64?
}
