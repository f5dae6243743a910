internal import RedisClient

/// Some commits of one room as the arguments of one script. Pure.
struct RoomScriptCall {
    /// For so long a removed room is remembered, so that an owner which was away for a while cannot bring it back.
    private static let memory: Int64 = 3_600_000

    private let room: RoomID
    private let commits: [RoomCommit]

    /// - Parameter commits: all of the room.
    init(_ room: RoomID, _ commits: [RoomCommit]) {
        self.room = room
        self.commits = commits
    }

    /// Whether a header belongs to another room: of this no script is asked.
    var isMistaken: Bool {
        commits.contains { commit in
            switch commit.change {
            case .created(let header, _, _), .rewritten(let header, _, _): header.id != room
            default: false
            }
        }
    }

    /// Whether the log is trimmed that has inputs of earlier batches in it.
    var trimsLog: Bool {
        commits.contains { if case .input(_, _?) = $0.change { true } else { false } }
    }

    var makesRoom: Bool {
        commits.contains { commit in
            switch commit.change {
            case .created, .rewritten: true
            default: false
            }
        }
    }

    /// Until when the archive of a room that ends here is kept; 0: it is not.
    var endsUntil: Int64? {
        guard case .removed(let until)? = commits.last?.change else { return nil }
        return until ?? 0
    }

    /// - Parameter log: what the log has now; nil: nothing is archived, and it does not matter.
    func arguments(log: [[UInt8]]?) -> [RedisCommand.Argument] {
        var log = log
        var arguments: [RedisCommand.Argument] = [.integer(Int64(ArchivedInputs.mostBytes)), .integer(Self.memory)]
        for commit in commits {
            func add(_ kind: String, _ more: [RedisCommand.Argument]) {
                arguments += [
                    .text(kind), .text(commit.term.digits), .text(commit.epoch.digits), .text(commit.version.digits),
                    .text((commit.version &- 1).digits),
                ]
                arguments += more + Array(repeating: "", count: 5 - more.count)
            }
            switch commit.change {
            case .created(let header, let snapshot, let isArchived):
                add("created", Self.whole(header, snapshot, isArchived))
                log = isArchived ? [] : nil
            case .rewritten(let header, let snapshot, let isArchived):
                add("rewritten", Self.whole(header, snapshot, isArchived))
                log = isArchived ? [] : nil
            case .input(let input, let snapshot):
                add("input", [.bytes(input)])
                log?.append(input)
                if let snapshot { add("state", [.bytes(snapshot)] + Self.trim(&log, [])) }
            case .snapshot(let snapshot, let inputs): add("state", [.bytes(snapshot)] + Self.trim(&log, inputs))
            case .migrated(let snapshot):
                add("migrated", [.bytes(snapshot), .bytes(Deflate.compress(snapshot))])
                log = log.map { _ in [] }
            case .confirmed: add("confirmed", [])
            case .removed(let until):
                add("removed", [until.map { .integer($0) } ?? ""] + Self.trim(&log, []))
                log = nil
            }
        }
        return arguments
    }

    private static func whole(
        _ header: RoomHeader, _ snapshot: [UInt8], _ isArchived: Bool
    ) -> [RedisCommand.Argument] {
        [
            .bytes(snapshot), isArchived ? .bytes(Deflate.compress(snapshot)) : "", .text(header.gameType),
            .integer(Int64(header.visibility.rawValue)), .integer(header.createdAt),
        ]
    }

    /// The piece for the archive, and how long the log is that it was made of.
    private static func trim(_ log: inout [[UInt8]]?, _ inputs: [[UInt8]]) -> [RedisCommand.Argument] {
        guard let kept = log else { return ["", ""] }
        log = []
        let all = kept + inputs
        return [all.isEmpty ? "" : .bytes(ArchivedInputs.compress(all)), .integer(Int64(kept.count))]
    }
}
