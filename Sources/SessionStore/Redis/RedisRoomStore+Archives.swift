internal import RedisClient

/// What is left of rooms that have ended, or whose making or ending failed half-way.
extension RedisRoomStore {
    /// How many are looked at in one pipeline.
    private static let page = 256

    public func removeExpiredArchives(now: Int64) async throws(StoreError) -> Int {
        var removed = 0
        while true {
            let due = RedisCommand(
                "ZRANGEBYSCORE",
                [.text(keys.due), "-inf", .integer(now), "LIMIT", "0", .integer(Int64(Self.page))])
            let names = try await connection.perform(due).array()
            for name in names {
                guard let room = RoomID(rawValue: try name.text()) else { throw RedisValue.fault }
                if try await bury(room, now: now) { removed += 1 }
            }
            guard names.count == Self.page else { return removed }
        }
    }

    /// - Returns: whether there was an archive whose time is over.
    private func bury(_ room: RoomID, now: Int64) async throws(StoreError) -> Bool {
        let call = RedisScript.Call(RedisScripts.bury, keys: keys.all(room), [.integer(now)])
        let reply = try await connection.perform(call).array(of: 3)
        let lives: Int = try reply[0].integer()
        let removed: Int = try reply[1].integer()
        let name = RedisCommand.Argument.text(room.rawValue)
        if lives == 0 { _ = try await connection.perform(RedisCommand("ZREM", [.text(keys.rooms), name])) }
        if case .null = reply[2] {
            _ = try await connection.perform(RedisCommand("ZREM", [.text(keys.due), name]))
        } else {
            let until: Int64 = try reply[2].integer()
            _ = try await connection.perform(RedisCommand("ZADD", [.text(keys.due), .integer(until), name]))
        }
        return removed == 1
    }
}
