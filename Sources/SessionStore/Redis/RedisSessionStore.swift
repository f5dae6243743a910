internal import JSONCoding
public import RedisClient

/// Sessions in Redis.
///
/// The caller's clock decides when a session has expired. Redis only tidies up, by the time that the session had left
/// when it was saved and some more: so it does not matter how far its clock is from the server's.
public struct RedisSessionStore: SessionStore {
    /// What servers' clocks may differ by. A session must not be gone for one of them while it is not for another.
    private static let margin: Int64 = 60_000

    private let connection: RedisConnection
    private let keys: RedisKeys
    private let clock: @Sendable () -> Int64

    /// - Parameter clock: milliseconds since 1970.
    public init(_ connection: RedisConnection, keys: RedisKeys, clock: @escaping @Sendable () -> Int64) {
        self.connection = connection
        self.keys = keys
        self.clock = clock
    }

    public func load(_ client: ClientKey, now: Int64) async throws(StoreError) -> Session? {
        let stored = try await connection.perform(RedisCommand("GET", [.text(keys.session(client))]))
        if case .null = stored { return nil }
        let text = try stored.bytes().dropFirst(20)
        guard let session = try? JSONReader.decode(Session.self, from: text) else { throw RedisValue.fault }
        return session.expiresAt > now ? session : nil
    }

    public func save(_ session: Session) async throws(StoreError) {
        guard let text = try? CanonicalJSON.encode(session) else {
            throw StoreError(.corrupt, "a session cannot be written as JSON")
        }
        let now = clock()
        let life = session.expiresAt > now ? session.expiresAt - now : 0
        _ = try await connection.perform(
            RedisScript.Call(
                RedisScripts.saveSession, keys: [keys.session(session.client)],
                [.text(session.revision.digits), .bytes(text), .integer(life + Self.margin)]))
    }

    public func remove(_ client: ClientKey, revision: UInt64) async throws(StoreError) {
        _ = try await connection.perform(
            RedisScript.Call(
                RedisScripts.removeSession, keys: [keys.session(client)], [.text(revision.digits)]))
    }

    /// Redis does that by itself.
    public func removeExpired(now: Int64) async throws(StoreError) {}
}
