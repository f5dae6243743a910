internal import FoundationEssentials
internal import GRDB

/// A room's archive on its way out: compressed until it is played, so that the longest takes no more memory than its file.
public struct Recording: Sendable {
    public let header: RoomHeader
    /// The state that the inputs begin at.
    public let start: [UInt8]
    /// The room's newest stored state; nil when it has ended.
    public let newest: [UInt8]?
    /// Whether more came than an archive holds, so that the end is missing.
    public let isCutShort: Bool
    private let pieces: [[UInt8]]
    private let log: [[UInt8]]

    fileprivate init(_ row: Row, _ room: RoomID, _ db: Database) throws {
        header = try RoomHeader(row)
        start = try Deflate.decompress(try row.bytes("start"), limit: ArchivedInputs.mostBytesOfPiece)
        isCutShort = try row.decode(Int.self, forColumn: "bytes") >= ArchivedInputs.mostBytes
        let pieces = try db.cachedStatement(sql: "SELECT inputs FROM archived_inputs WHERE room = ? ORDER BY version")
        self.pieces = try Row.fetchAll(pieces, arguments: [room.rawValue]).map { try $0.bytes("inputs") }
        let newest = try db.cachedStatement(sql: "SELECT snapshot FROM rooms WHERE room = ?")
        self.newest = try Data.fetchOne(newest, arguments: [room.rawValue]).map(Array.init)
        log = try SQLiteRoomStore.log(of: room.rawValue, db).map(\.input)
    }

    /// Hands out the inputs in their order, one piece of the archive in memory at a time.
    /// - Throws: `corrupt` as a ``StoreError``, and what `body` throws.
    public func forEachInput(_ body: ([UInt8]) throws -> Void) throws {
        for piece in pieces {
            for input in try ArchivedInputs.decompress(piece) { try body(input) }
        }
        // What is in the log does not follow on an archive that could take no more.
        guard !isCutShort else { return }
        for input in log { try body(input) }
    }
}

extension SQLiteReader {
    /// All that a room was told, as long as it lives or is kept; nil: nothing is there to be played back.
    public func recording(of room: RoomID) throws(StoreError) -> Recording? {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT * FROM archives WHERE room = ?")
            return try Row.fetchOne(statement, arguments: [room.rawValue]).map { row in try Recording(row, room, db) }
        }
    }
}
