internal import RedisClient

/// One append on its way: some rooms at a time, so that a large batch does not fill the connection, and for each the
/// index before a room is made, the room itself, and the index after it has ended.
struct RedisAppend: Sendable {
    typealias Completion = @Sendable (Result<AppendReport, StoreError>) -> Void

    /// Rooms in one pipeline: enough that the way to Redis and back costs each next to nothing.
    private static let wave = 256
    /// How often a log may turn out to be another one than was looked at. Its room has one writer: once is bad luck.
    private static let attempts = 3
    /// A room that is being made is looked at after so long (ms): whether that failed half-way.
    private static let makingTime: Int64 = 3_600_000

    let store: RedisRoomStore
    var waiting: ArraySlice<(room: RoomID, call: RoomScriptCall)>
    private var report = AppendReport()
    /// The rooms whose log must be looked at, because it was not what was thought.
    private var again: [(room: RoomID, call: RoomScriptCall)] = []
    private var attempt = 1

    init(store: RedisRoomStore, waiting: ArraySlice<(room: RoomID, call: RoomScriptCall)>) {
        self.store = store
        self.waiting = waiting
    }

    /// - Parameter completion: called once.
    func run(_ completion: @escaping Completion) {
        var next = self
        if waiting.isEmpty {
            if again.isEmpty { return completion(.success(report)) }
            guard attempt < Self.attempts else {
                next.report.refused.formUnion(again.map(\.room))
                return completion(.success(next.report))
            }
            next.attempt += 1
            next.waiting = again[...]
            next.again = []
        }
        let wave = Array(next.waiting.prefix(Self.wave))
        next.waiting = next.waiting.dropFirst(Self.wave)
        next.report.refused.formUnion(wave.lazy.filter(\.call.isMistaken).map(\.room))
        next.index(wave.filter { !$0.call.isMistaken }, completion)
    }

    /// Names the rooms that are about to be made, or to end.
    private func index(_ wave: [(room: RoomID, call: RoomScriptCall)], _ completion: @escaping Completion) {
        let now = store.clock()
        var names: [RedisCommand] = []
        for (room, call) in wave {
            let name = RedisCommand.Argument.text(room.rawValue)
            if call.makesRoom {
                names.append(RedisCommand("ZADD", [.text(store.keys.rooms), "0", name]))
                let look = now.addingReportingOverflow(Self.makingTime).partialValue
                names.append(RedisCommand("ZADD", [.text(store.keys.due), .integer(look), name]))
            }
            if let until = call.endsUntil {
                // Where nothing is kept, somebody looks later: not before the room has ended.
                let until = until > 0 ? until : now.addingReportingOverflow(Self.makingTime).partialValue
                names.append(RedisCommand("ZADD", [.text(store.keys.due), .integer(until), name]))
            }
        }
        send(names, completion) { peek(wave, completion) }
    }

    /// Looks at the logs that are to be trimmed.
    private func peek(_ wave: [(room: RoomID, call: RoomScriptCall)], _ completion: @escaping Completion) {
        let looked = wave.indices.filter { attempt > 1 || wave[$0].call.trimsLog }
        let calls = looked.map { index in
            let room = wave[index].room
            return RedisScript.Call(RedisScripts.peekLog, keys: [store.keys.log(room), store.keys.archive(room)])
        }
        run(calls, completion) { replies throws(StoreError) in
            // Mostly there is nothing in it.
            var logs: [[[UInt8]]?] = Array(repeating: [], count: wave.count)
            for (index, reply) in zip(looked, replies) {
                if case .null = reply { logs[index] = nil } else { logs[index] = try reply.arrayOfBytes() }
            }
            commit(wave, logs, completion)
        }
    }

    private func commit(
        _ wave: [(room: RoomID, call: RoomScriptCall)], _ logs: [[[UInt8]]?], _ completion: @escaping Completion
    ) {
        let calls = zip(wave, logs).map { item, log in
            RedisScript.Call(RedisScripts.commit, keys: store.keys.all(item.room), item.call.arguments(log: log))
        }
        run(calls, completion) { replies throws(StoreError) in
            var next = self
            var ended: [RedisCommand] = []
            for (item, reply) in zip(wave, replies) {
                switch try reply.text() {
                case "ok":
                    guard item.call.endsUntil != nil else { continue }
                    ended.append(RedisCommand("ZREM", [.text(store.keys.rooms), .text(item.room.rawValue)]))
                case "refused": next.report.refused.insert(item.room)
                case "behind": next.report.behind.insert(item.room)
                case "again": next.again.append(item)
                default: throw RedisValue.fault
                }
            }
            let rest = next
            send(ended, completion) { rest.run(completion) }
        }
    }

    // MARK: Sending

    private func send(
        _ commands: [RedisCommand], _ completion: @escaping Completion, then: @escaping @Sendable () -> Void
    ) {
        guard !commands.isEmpty else { return then() }
        store.connection.send(commands) { results in
            for case .failure(let error) in results { return completion(.failure(StoreError(error))) }
            then()
        }
    }

    private func run(
        _ calls: [RedisScript.Call], _ completion: @escaping Completion,
        then: @escaping @Sendable ([RedisValue]) throws(StoreError) -> Void
    ) {
        let answered = { @Sendable (results: [Result<RedisValue, RedisError>]) in
            do throws(StoreError) {
                var replies: [RedisValue] = []
                for result in results { replies.append(try result.mapError(StoreError.init).get()) }
                try then(replies)
            } catch {
                completion(.failure(error))
            }
        }
        if calls.isEmpty { answered([]) } else { store.connection.run(calls, completion: answered) }
    }
}
