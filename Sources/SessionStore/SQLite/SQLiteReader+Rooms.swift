internal import GRDB

/// One room as a list of a server's rooms has it.
public struct RoomListing: Equatable, Sendable {
    public let header: RoomHeader
    /// nil when the room has ended, and only its archive is left.
    public let epoch: Epoch?
    /// That of the newest input; of an ended room, of the last one that was archived.
    public let version: UInt64
    /// Compressed; nil: nothing of the room can be played back.
    public let archiveBytes: Int?
    /// Until when an ended room can be played back, in milliseconds since 1970.
    public let keptUntil: Int64?

    public var isLiving: Bool { epoch != nil }
}

extension SQLiteReader {
    /// The rooms that live, in the order of their ids: at most `limit` of those after `room`.
    public func rooms(after room: RoomID?, limit: Int) throws(StoreError) -> [RoomListing] {
        try read { db in
            let page = try db.cachedStatement(
                sql: """
                    SELECT rooms.room, rooms.game, rooms.is_private, rooms.created_at, rooms.epoch, archives.bytes,
                        ifnull((SELECT max(version) FROM inputs WHERE room = rooms.room), snapshot_version) AS version
                    FROM rooms LEFT JOIN archives USING (room)
                    WHERE rooms.room > ? ORDER BY rooms.room LIMIT ?
                    """)
            return try Row.fetchAll(page, arguments: [room?.rawValue ?? "", limit]).map { row in
                try RoomListing(row, epoch: Epoch(column: try row.decode(forColumn: "epoch")), keptUntil: nil)
            }
        }
    }

    /// The rooms that have ended and can be played back, in the same way.
    public func endedRooms(after room: RoomID?, limit: Int) throws(StoreError) -> [RoomListing] {
        try read { db in
            let page = try db.cachedStatement(
                sql: """
                    SELECT room, game, is_private, created_at, bytes, kept_until,
                        ifnull((SELECT max(version) FROM archived_inputs WHERE room = archives.room), 0) AS version
                    FROM archives
                    WHERE room > ? AND NOT EXISTS (SELECT 1 FROM rooms WHERE room = archives.room)
                    ORDER BY room LIMIT ?
                    """)
            return try Row.fetchAll(page, arguments: [room?.rawValue ?? "", limit]).map { row in
                try RoomListing(row, epoch: nil, keptUntil: try row.decode(forColumn: "kept_until"))
            }
        }
    }

    /// All that is stored of a room, which stays its owner's; nil: there is no such room.
    public func room(_ room: RoomID) throws(StoreError) -> StoredRoom? {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT * FROM rooms WHERE room = ?")
            return try Row.fetchOne(statement, arguments: [room.rawValue]).map { row in try StoredRoom(row, db) }
        }
    }
}

extension RoomListing {
    fileprivate init(_ row: Row, epoch: Epoch?, keptUntil: Int64?) throws {
        self.init(
            header: try RoomHeader(row), epoch: epoch, version: UInt64(column: try row.decode(forColumn: "version")),
            archiveBytes: try row.decode(forColumn: "bytes"), keptUntil: keptUntil)
    }
}
