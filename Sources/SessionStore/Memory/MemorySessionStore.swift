/// Sessions for as long as the process lives: for trying things out, and for tests.
public actor MemorySessionStore: SessionStore {
    private var sessions: [ClientKey: Session] = [:]

    public init() {}

    public func load(_ client: ClientKey, now: Int64) throws(StoreError) -> Session? {
        sessions[client].flatMap { $0.expiresAt > now ? $0 : nil }
    }

    public func save(_ session: Session) throws(StoreError) {
        if let stored = sessions[session.client], stored.revision > session.revision { return }
        sessions[session.client] = session
    }

    public func remove(_ client: ClientKey, revision: UInt64) throws(StoreError) {
        if let stored = sessions[client], stored.revision > revision { return }
        sessions[client] = nil
    }

    public func removeExpired(now: Int64) throws(StoreError) {
        sessions = sessions.filter { $0.value.expiresAt > now }
    }
}
