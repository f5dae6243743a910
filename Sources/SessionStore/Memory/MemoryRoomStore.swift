internal import Synchronization

/// Rooms for as long as the process lives: for trying things out, and for tests.
public final class MemoryRoomStore: RoomStore {
    private let rooms = Mutex<[RoomID: RoomRecord]>([:])

    public init() {}

    public func claim(_ room: RoomID) async throws(StoreError) -> StoredRoom? {
        rooms.withLock { $0[room]?.claim() }
    }

    /// `completion` is called before this returns, on the same thread.
    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<Set<RoomID>, StoreError>) -> Void
    ) {
        let refused = rooms.withLock { rooms in
            var refused: Set<RoomID> = []
            for (room, commits) in CommitRules.byRoom(commits) {
                do throws(CommitRules.Misfit) {
                    _ = try CommitRules.position(after: commits, from: rooms[room]?.position)
                    for commit in commits { RoomRecord.apply(commit, to: &rooms[room]) }
                } catch {
                    refused.insert(room)
                }
            }
            return refused
        }
        completion(.success(refused))
    }

    public func headers() async throws(StoreError) -> [RoomHeader] {
        rooms.withLock { $0.values.map(\.header) }
    }
}

/// What is kept of one room.
private struct RoomRecord {
    let header: RoomHeader
    var position: RoomPosition
    var snapshot: [UInt8]
    var snapshotVersion: UInt64
    var inputs: [[UInt8]] = []

    mutating func claim() -> StoredRoom {
        position.term += 1
        return StoredRoom(
            header: header, term: position.term, snapshot: snapshot, snapshotVersion: snapshotVersion, inputs: inputs)
    }

    /// - Parameter record: that of the commit's room, which it fits; nil when there is no such room.
    static func apply(_ commit: RoomCommit, to record: inout RoomRecord?) {
        switch commit.change {
        case .created(let header, let snapshot):
            record = RoomRecord(
                header: header, position: RoomPosition(term: commit.term, version: commit.version),
                snapshot: snapshot, snapshotVersion: commit.version)
        case .input(let input, nil): record?.inputs.append(input)
        case .input(_, let snapshot?), .snapshot(let snapshot): record?.trim(to: snapshot, commit.version)
        case .removed: record = nil
        }
        record?.position.version = commit.version
    }

    private mutating func trim(to snapshot: [UInt8], _ version: UInt64) {
        self.snapshot = snapshot
        snapshotVersion = version
        inputs = []
    }
}
