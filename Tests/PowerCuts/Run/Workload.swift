internal import SessionStore

/// What goes into the store in one transaction.
enum Round {
    /// Batches that come from as many threads at once, and have no room in common.
    case append([[RoomCommit]])
    case claim(RoomID)
    case save(Session)

    /// How many things somebody is told of when it is stored.
    var commits: Int {
        switch self {
        case .append(let batches): batches.joined().count
        case .claim, .save: 1
        }
    }
}

/// Rooms that come, live and go, as a seed has it. The one place that knows how commits are made.
struct Workload {
    /// Few enough that each is written again and again.
    static let rooms = (0..<16).compactMap { RoomID(rawValue: "room-\(1000 + $0)") }
    static let clients = (0..<6).map { ClientKey(rawValue: "client \($0)") }

    /// Always the same for a room, however often it is made anew.
    private static func isArchived(_ room: RoomID) -> Bool { rooms.firstIndex(of: room).map { $0 % 4 > 0 } ?? false }

    var random: SeededRandom
    /// What is stored once all rounds so far are.
    var contents: Contents

    mutating func next() -> Round {
        let round =
            switch Int.random(in: 0..<20, using: &random) {
            case 0: claim()
            case 1, 2: save()
            default: append()
            }
        contents.apply(round)
        return round
    }

    private mutating func claim() -> Round {
        let living = Self.rooms.filter { contents.rooms[$0] != nil }
        return living.randomElement(using: &random).map { .claim($0) } ?? append()
    }

    private mutating func save() -> Round {
        let client = Self.clients[Int.random(in: 0..<Self.clients.count, using: &random)]
        var session = Session(client: client, expiresAt: Int64.random(in: 1...1_000_000, using: &random))
        session.revision = (contents.sessions[client]?.revision ?? 0) + 1
        session.rooms = Self.rooms.shuffled(using: &random).suffix(Int.random(in: 0...8, using: &random))
        return .save(session)
    }

    private mutating func append() -> Round {
        var rooms = Self.rooms.shuffled(using: &random)[...]
        let batches = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            let mine = rooms.prefix(Int.random(in: 1...3, using: &random))
            rooms = rooms.dropFirst(mine.count)
            // A shard's batch has its rooms all mixed up.
            return mine.flatMap { commits(of: $0) }.enumerated().sorted { ($0.1.version, $0.0) < ($1.1.version, $1.0) }
                .map(\.1)
        }
        return .append(batches)
    }

    /// The next steps of a room.
    private mutating func commits(of room: RoomID) -> [RoomCommit] {
        let old = contents.rooms[room]
        let term = old?.term ?? 1
        let epoch = old?.epoch ?? 1
        var version = old?.version ?? 0
        func commit(_ change: RoomCommit.Change) -> RoomCommit {
            RoomCommit(room: room, term: term, epoch: epoch, version: version, change: change)
        }
        var commits: [RoomCommit] = []
        if old == nil {
            let header = RoomHeader(
                id: room, gameType: "dice", visibility: .init(stored: .random(in: 0...2, using: &random)),
                createdAt: .random(in: 0...1_000_000, using: &random))
            commits.append(commit(.created(header, snapshot: bytes(upTo: 3000), isArchived: Self.isArchived(room))))
        }
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            version += 1
            let hasSnapshot = Int.random(in: 0..<6, using: &random) == 0
            commits.append(commit(.input(bytes(upTo: 300), snapshot: hasSnapshot ? bytes(upTo: 3000) : nil)))
        }
        switch Int.random(in: 0..<16, using: &random) {
        case 0: commits.append(commit(.removed(archivedUntil: Bool.random(using: &random) ? 1_000_000 : nil)))
        case 1:
            let inputs = (0..<Int.random(in: 0...3, using: &random)).map { _ in bytes(upTo: 300) }
            version += UInt64(inputs.count)
            // More than a page holds, so that it spreads over several.
            commits.append(commit(.snapshot(bytes(upTo: 40_000), inputs: inputs)))
        case 2: commits.append(commit(.migrated(bytes(upTo: 3000))))
        default: break
        }
        return commits
    }

    /// Every eight bytes tell which these are, so that a piece of others shows.
    private mutating func bytes(upTo count: Int) -> [UInt8] {
        // No line breaks: an input is a line of an archive.
        let word = random.next() | 0x8080_8080_8080_8080
        let words = [UInt64](repeating: word, count: Int.random(in: 1...count / 8, using: &random))
        return unsafe words.withUnsafeBytes { bytes in unsafe Array(bytes) }
    }
}

/// SplitMix64: the same numbers for the same seed, anywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
