internal import Synchronization

/// Rooms for as long as the process lives: for trying things out, and for tests.
public final class MemoryRoomStore: RoomStore {
    private let rooms = Mutex<[RoomID: RoomRecord]>([:])

    public init() {}

    public func claim(_ room: RoomID) async throws(StoreError) -> StoredRoom? {
        rooms.withLock { $0[room]?.claim() }
    }

    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<Set<RoomID>, StoreError>) -> Void
    ) {
        let refused = rooms.withLock { rooms in
            var refused: Set<RoomID> = []
            for (room, commits) in RoomCommit.byRoom(commits) {
                var record = rooms[room]
                if RoomRecord.apply(commits, to: &record) { rooms[room] = record } else { refused.insert(room) }
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
    var position: RoomRecordPosition
    var snapshot: [UInt8]
    var snapshotVersion: UInt64
    var inputs: [[UInt8]] = []

    mutating func claim() -> StoredRoom {
        position.term += 1
        return StoredRoom(
            header: header, term: position.term, snapshot: snapshot, snapshotVersion: snapshotVersion, inputs: inputs)
    }

    /// - Returns: false when one of the commits does not fit; the record is then of no use.
    static func apply(_ commits: [RoomCommit], to record: inout RoomRecord?) -> Bool {
        for commit in commits {
            guard let position = commit.position(after: record?.position) else { return false }
            switch commit.change {
            case .created(let header, let snapshot):
                record = RoomRecord(
                    header: header, position: position, snapshot: snapshot, snapshotVersion: commit.version)
            case .input(let input, let snapshot):
                record?.inputs.append(input)
                if let snapshot { record?.trim(to: snapshot, commit.version) }
            case .snapshot(let snapshot): record?.trim(to: snapshot, commit.version)
            case .removed: record = nil
            }
            record?.position = position
        }
        return true
    }

    private mutating func trim(to snapshot: [UInt8], _ version: UInt64) {
        self.snapshot = snapshot
        snapshotVersion = version
        inputs = []
    }
}
