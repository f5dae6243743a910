import GRDB
import Testing

@testable import SessionStore

@Suite struct FallbackBackupTests {
    private let redis = FakeRedis()

    private func session(_ client: String, _ revision: UInt64) -> Session {
        var session = Session(client: ClientKey(rawValue: client), expiresAt: .max)
        session.revision = revision
        return session
    }

    @Test func `a backup has what is owed, and what is restored removes nothing from Redis`() async throws {
        try await withFolder { folder in
            let node = try await FallbackNode(redis, folder: folder)
            let (here, there) = (try Sample.room("room-here"), try Sample.room("room-there"))
            redis.change { $0.isDown = true }
            try await node.sessions.save(session("a", 4))
            try await node.sessions.save(session("b", 5))
            try await node.sessions.remove(ClientKey(rawValue: "c"), revision: 7)
            _ = try await node.rooms.append([Sample.created(here), Sample.removed(there, 0)])
            let backup = folder + "/backup"
            let contents = try Backup.make(of: SQLiteReader(folder: folder), at: backup, isReplacing: false) { _ in }
            #expect(contents.sessions == 2 && contents.rooms == 1)
            await node.end()

            // Since the backup all of them were made again in Redis.
            let later = FakeRedis()
            for session in [session("b", 9), session("c", 3)] { try await later.sessions.save(session) }
            _ = try await later.rooms.append([Sample.created(there)])
            _ = try Restore.run(from: backup, into: folder + "/restored", isReplacing: false)
            let restored = try await FallbackNode(later, folder: folder + "/restored")
            #expect(restored.relay.serving.isPrimary)
            #expect(
                later.look { $0.sessions.mapValues(\.revision) } == [
                    ClientKey(rawValue: "a"): 4, ClientKey(rawValue: "b"): 9, ClientKey(rawValue: "c"): 3,
                ])
            #expect(try await restored.rooms.headers(after: nil, limit: 9).map(\.id) == [here, there])
            #expect(try await restored.rooms.claim(there) != nil)
            #expect(try await restored.count("owed_removals") == 0)
            await restored.end()
        }
    }
}
