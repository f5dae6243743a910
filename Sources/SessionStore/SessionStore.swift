/// Where reconnect sessions are kept. The client manager calls it, off the message path.
///
/// Every implementation passes the same contract suite, in Tests/SessionStoreTests.
public protocol SessionStore: Sendable {
    /// The session of a client, or nil when there is none or it has expired by `now` (milliseconds since 1970).
    func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session?

    /// Keeps a session. One that is stored with a higher revision stays as it is: late writes do not undo newer ones.
    /// Returns once it is as safe as the store makes anything.
    func save(_ session: Session) async throws(StoreError)

    /// Forgets a session, unless it is stored with a revision higher than `revision`.
    func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError)

    /// Forgets what has expired by `now`, unless the store does so by itself.
    func removeExpired(now: Int64) async throws(StoreError)
}
