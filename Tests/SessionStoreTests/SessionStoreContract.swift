import SessionStore
import Testing

@Suite struct SessionStoreContract {
    /// In milliseconds: Redis counts by itself how long a session has left, and no test takes that long.
    private static let hour: Int64 = 3_600_000

    private func session(_ client: String = "a1", revision: UInt64 = 1, expiresAt: Int64 = hour) throws -> Session {
        var session = Session(
            client: ClientKey(rawValue: client), user: UserKey(rawValue: "Jörg 🎲"), expiresAt: expiresAt)
        session.revision = revision
        session.rooms = [try Sample.room("room-one"), try Sample.room("room-two")]
        session.expired = [.init(room: try Sample.room("room-old"), at: 77)]
        session.joins = [.init(id: .max, content: 3, room: try Sample.room("room-two"))]
        return session
    }

    @Test(arguments: StoreKind.forSessions) func `what was saved is loaded whole`(_ kind: StoreKind) async throws {
        try await kind.withSessionStore { store in
            let session = try session()
            try await store.save(session)
            #expect(try await store.load(session.client, now: 0) == session)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `a client that never came has no session`(_ kind: StoreKind)
        async throws
    {
        try await kind.withSessionStore { store in
            let session = try await store.load(ClientKey(rawValue: "nobody"), now: 0)
            #expect(session == nil)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `an older save does not undo a newer one`(_ kind: StoreKind)
        async throws
    {
        try await kind.withSessionStore { store in
            let newer = try session(revision: 5)
            var older = try session(revision: 4)
            older.rooms = []
            try await store.save(newer)
            try await store.save(older)
            #expect(try await store.load(newer.client, now: 0) == newer)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `a save of the same revision counts`(_ kind: StoreKind) async throws {
        try await kind.withSessionStore { store in
            var session = try session(revision: 5)
            try await store.save(session)
            session.rooms = []
            try await store.save(session)
            #expect(try await store.load(session.client, now: 0) == session)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `a session ends at its time`(_ kind: StoreKind) async throws {
        try await kind.withSessionStore { store in
            let session = try session(expiresAt: 1000)
            try await store.save(session)
            #expect(try await store.load(session.client, now: 999) != nil)
            #expect(try await store.load(session.client, now: 1000) == nil)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `a late removal spares a newer session`(_ kind: StoreKind) async throws
    {
        try await kind.withSessionStore { store in
            let session = try session(revision: 5)
            try await store.save(session)
            try await store.remove(session.client, revision: 4)
            #expect(try await store.load(session.client, now: 0) != nil)
            try await store.remove(session.client, revision: 5)
            #expect(try await store.load(session.client, now: 0) == nil)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `who has no session can be forgotten, and come again`(
        _ kind: StoreKind
    ) async throws {
        try await kind.withSessionStore { store in
            let session = try session(revision: 5)
            try await store.remove(session.client, revision: 5)
            try await store.save(session)
            try await store.remove(session.client, revision: 9)
            let again = try self.session(revision: 1)
            try await store.save(again)
            #expect(try await store.load(session.client, now: 0) == again)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `of saves in any order the newest stays`(_ kind: StoreKind)
        async throws
    {
        try await kind.withSessionStore { store in
            try await withThrowingTaskGroup { group in
                for revision in 1...100 {
                    let session = try session(revision: UInt64(revision))
                    group.addTask { try await store.save(session) }
                }
                try await group.waitForAll()
            }
            #expect(try await store.load(ClientKey(rawValue: "a1"), now: 0)?.revision == 100)
        }
    }

    @Test(arguments: StoreKind.forSessions) func `only what has expired is swept away`(_ kind: StoreKind) async throws {
        try await kind.withSessionStore { store in
            for index in 0..<10 {
                try await store.save(try session("client \(index)", expiresAt: Int64(index * 100)))
            }
            try await store.removeExpired(now: 500)
            #expect(try await store.load(ClientKey(rawValue: "client 5"), now: 500) == nil)
            for index in 6..<10 {
                #expect(try await store.load(ClientKey(rawValue: "client \(index)"), now: 500) != nil)
            }
        }
    }

    @Test(arguments: StoreKind.forSessions) func `a thousand saves at once are all kept`(_ kind: StoreKind) async throws
    {
        try await kind.withSessionStore { store in
            try await withThrowingTaskGroup { group in
                for index in 0..<1000 {
                    let session = try session("client \(index)")
                    group.addTask { try await store.save(session) }
                }
                try await group.waitForAll()
            }
            for index in 0..<1000 {
                #expect(try await store.load(ClientKey(rawValue: "client \(index)"), now: 0) != nil)
            }
        }
    }
}
