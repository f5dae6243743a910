/// The sessions that this server has lately seen to be stored: handed out while Redis cannot be asked, and written again
/// when it has lost its data. Of those that were not used for longest the oldest are given up. Pure.
struct KnownSessions {
    enum Entry: Equatable {
        case session(Session)
        /// So that an older session, still on its way out of a store, is not taken for the newest.
        case removed(revision: UInt64)

        fileprivate var revision: UInt64 {
            switch self {
            case .session(let session): session.revision
            case .removed(let revision): revision
            }
        }
    }

    /// As many as sit in the rooms of a large server, at half a kilobyte each.
    static let capacity = 20_000

    private var entries: [ClientKey: (entry: Entry, stamp: Int)] = [:]
    /// Every use, oldest first; all but the last one of each client count for nothing.
    private var uses: [(client: ClientKey, stamp: Int)] = []
    /// Where in `uses` the oldest is that was not looked at yet.
    private var oldest = 0
    private var stamp = 0
    private let capacity: Int

    init(capacity: Int = KnownSessions.capacity) { self.capacity = capacity }

    var count: Int { entries.count }

    /// - Returns: nil: nothing is known of the client.
    func entry(of client: ClientKey) -> Entry? { entries[client]?.entry }

    /// All that are known to be stored.
    var sessions: [Session] {
        entries.values.compactMap { if case .session(let session) = $0.entry { session } else { nil } }
    }

    /// A store has it now.
    mutating func saved(_ session: Session) {
        if case .session(let known) = entries[session.client]?.entry, known.revision > session.revision { return }
        use(session.client, .session(session))
    }

    /// A store had it when it was asked, which is a while ago.
    mutating func loaded(_ session: Session) {
        if let known = entries[session.client]?.entry, known.revision >= session.revision { return }
        use(session.client, .session(session))
    }

    mutating func removed(_ client: ClientKey, revision: UInt64) {
        if let known = entries[client]?.entry, known.revision > revision { return }
        use(client, .removed(revision: revision))
    }

    mutating func removeExpired(now: Int64) {
        entries = entries.filter { if case .session(let session) = $1.entry { session.expiresAt > now } else { true } }
    }

    private mutating func use(_ client: ClientKey, _ entry: Entry) {
        stamp += 1
        entries[client] = (entry, stamp)
        uses.append((client, stamp))
        while entries.count > capacity, oldest < uses.count {
            let use = uses[oldest]
            oldest += 1
            if entries[use.client]?.stamp == use.stamp { entries[use.client] = nil }
        }
        if uses.count > 4 * capacity {
            uses = uses[oldest...].filter { entries[$0.client]?.stamp == $0.stamp }
            oldest = 0
        }
    }
}
