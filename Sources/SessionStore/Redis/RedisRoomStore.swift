public import RedisClient

/// Rooms in Redis: a hash for each, a list with its log since the last snapshot, and its archive.
///
/// What a batch says of one room happens in one script or not at all; rooms of a batch do not wait for each other.
public struct RedisRoomStore: RoomStore {
    let connection: RedisConnection
    let keys: RedisKeys
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int64

    public init(_ connection: RedisConnection, keys: RedisKeys, clock: @escaping @Sendable () -> Int64) {
        self.connection = connection
        self.keys = keys
        self.clock = clock
    }

    // MARK: Owning

    public func claim(_ room: RoomID, completion: @escaping @Sendable (Result<StoredRoom?, StoreError>) -> Void) {
        let call = RedisScript.Call(RedisScripts.claim, keys: [keys.room(room), keys.log(room)])
        connection.run([call]) { results in
            completion(
                Self.first(of: results).flatMap { reply in
                    Result { () throws(StoreError) in
                        if case .null = reply { return nil }
                        return try StoredRoom(room, reply)
                    }
                })
        }
    }

    static func first(of results: [Result<RedisValue, RedisError>]) -> Result<RedisValue, StoreError> {
        guard let first = results.first else { return .failure(StoreError(.unavailable, "Redis did not answer")) }
        return first.mapError(StoreError.init)
    }

    // MARK: Writing

    public func append(
        _ commits: [RoomCommit], completion: @escaping @Sendable (Result<AppendReport, StoreError>) -> Void
    ) {
        let calls = CommitRules.byRoom(commits).map { (room: $0, call: RoomScriptCall($0, $1)) }
        RedisAppend(store: self, waiting: calls[...]).run(completion)
    }

    // MARK: Reading

    public func headers(after room: RoomID?, limit: Int) async throws(StoreError) -> [RoomHeader] {
        var last = room
        while limit > 0 {
            let page = RedisCommand(
                "ZRANGEBYLEX",
                [
                    .text(keys.rooms), last.map { .text("(\($0)") } ?? "-", "+", "LIMIT", "0", .integer(Int64(limit)),
                ])
            let names = try await connection.perform(page).array()
            var headers: [RoomHeader] = []
            for (id, fields) in try await fields(of: try names.map(Self.room)) {
                last = id
                // A room may have gone since, or its making have failed.
                if let header = try RoomHeader(id, fields) { headers.append(header) }
            }
            // An empty page means the end, and so none may be that is not.
            if !headers.isEmpty || names.count < limit { return headers }
        }
        return []
    }

    private static func room(_ value: RedisValue) throws(StoreError) -> RoomID {
        guard let room = RoomID(rawValue: try value.text()) else { throw RedisValue.fault }
        return room
    }

    private func fields(of rooms: [RoomID]) async throws(StoreError) -> [(RoomID, RedisValue)] {
        let commands = rooms.map { room in
            RedisCommand("HMGET", [.text(keys.room(room)), "game", "private", "created"])
        }
        let results = await withCheckedContinuation { continuation in
            connection.send(commands) { continuation.resume(returning: $0) }
        }
        var all: [(RoomID, RedisValue)] = []
        for (room, result) in zip(rooms, results) { all.append((room, try result.mapError(StoreError.init).get())) }
        return all
    }

    public func archive(of room: RoomID) async throws(StoreError) -> RoomArchive? {
        let reply = try await connection.perform(RedisScript.Call(RedisScripts.archive, keys: keys.all(room)))
        if case .null = reply { return nil }
        let values = try reply.array(of: 7)
        guard let header = try RoomHeader(room, .array(Array(values[..<3]))) else { throw RedisValue.fault }
        var inputs: [[UInt8]] = []
        for piece in try values[5].arrayOfBytes() { inputs += try ArchivedInputs.decompress(piece) }
        // What came after a full archive does not follow on it.
        let bytes: Int = try values[4].integer()
        if bytes < ArchivedInputs.mostBytes { inputs += try values[6].arrayOfBytes() }
        return RoomArchive(
            header: header,
            start: try Deflate.decompress(try values[3].bytes(), limit: ArchivedInputs.mostBytesOfPiece),
            inputs: inputs)
    }
}

extension RoomHeader {
    /// - Parameter fields: game, private and created.
    /// - Returns: nil: there is no such room.
    fileprivate init?(_ id: RoomID, _ fields: RedisValue) throws(StoreError) {
        let fields = try fields.array(of: 3)
        if case .null = fields[0] { return nil }
        self.init(
            id: id, gameType: try fields[0].text(), visibility: RoomVisibility(stored: try fields[1].integer()),
            createdAt: try fields[2].integer())
    }
}

extension StoredRoom {
    /// - Parameter reply: that of ``RedisScripts/claim``.
    fileprivate init(_ room: RoomID, _ reply: RedisValue) throws(StoreError) {
        let values = try reply.array(of: 9)
        guard let header = try RoomHeader(room, .array(Array(values[4..<7]))) else { throw RedisValue.fault }
        self.init(
            header: header, term: try values[0].integer(), epoch: try values[1].integer(),
            snapshot: try values[7].bytes(), snapshotVersion: try values[3].integer(),
            inputs: try values[8].arrayOfBytes())
    }
}
