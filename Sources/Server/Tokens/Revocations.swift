internal import SessionStore

/// Users whose tokens do not count any more, up to those that were issued when an operator said so. Pure; bounded by
/// ``Limits/revokedUsers``. Times are milliseconds since 1970.
struct Revocations: Equatable, Sendable {
    struct Entry: Codable, Equatable, Sendable {
        let user: UserKey
        /// Tokens issued up to then are refused...
        let at: Int64
        /// ...until then, when all of them have expired.
        let until: Int64
    }

    private var entries: [UserKey: Entry] = [:]

    var count: Int { entries.count }

    /// - Parameter issuedAt: nil counts as ever so long ago.
    func refuse(_ user: UserKey, issuedAt: Int64?, at now: Int64) -> Bool {
        guard let entry = entries[user], now < entry.until else { return false }
        return issuedAt.map { $0 <= entry.at } ?? true
    }

    /// - Returns: until when that holds: never for less long than was said before. nil: the list is full, and nothing has
    ///   changed.
    mutating func revoke(_ user: UserKey, for time: Duration, at now: Int64) -> Int64? {
        if entries[user] == nil, entries.count >= Limits.revokedUsers {
            entries = entries.filter { $0.value.until > now }
            guard entries.count < Limits.revokedUsers else { return nil }
        }
        let until = max(now + time.milliseconds, entries[user]?.until ?? 0)
        entries[user] = Entry(user: user, at: now, until: until)
        return until
    }
}

/// In a file, a list in the order of the users.
extension Revocations: Codable {
    init(from decoder: any Decoder) throws {
        let list = try [Entry](from: decoder)
        entries = Dictionary(list.map { ($0.user, $0) }) { first, _ in first }
    }

    func encode(to encoder: any Encoder) throws {
        try entries.values.sorted { $0.user.rawValue < $1.user.rawValue }.encode(to: encoder)
    }
}
