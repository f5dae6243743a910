internal import JSONCoding
internal import Logging
internal import NIOPosix
internal import RoomEngine
internal import SessionStore
internal import Synchronization

/// The revocations in force, and their file: whoever was sent away stays away, over restarts and crashes too.
final class DenyList: Sendable {
    private let revocations: Mutex<Revocations>
    /// Held while the file is written, so that the newest list is in it.
    private let file: Mutex<String?>

    /// Nothing in it outlives the process.
    init() {
        file = Mutex(nil)
        revocations = Mutex(Revocations())
    }

    /// - Throws: `corrupt` when there is a list that cannot be read: to begin anew would let everybody on it in again.
    init(folder: String) throws(StoreError) {
        let path = "\(folder)/revoked.json"
        file = Mutex(path)
        revocations = Mutex(try Self.read(path))
    }

    func refuses(_ user: UserKey, issuedAt: Int64?, at now: Int64) -> Bool {
        revocations.withLock { $0.refuse(user, issuedAt: issuedAt, at: now) }
    }

    /// Refuses the tokens that a user has been given up to `now`. It holds from then on; it is safe when this returns.
    /// - Returns: until when it holds.
    /// - Throws: `server_busy` when the list is full, `store_unavailable` when the disk does not take it.
    func revoke(_ user: UserKey, for time: Duration, at now: Int64) async throws -> Int64 {
        guard let until = revocations.withLock({ $0.revoke(user, for: time, at: now) }) else {
            throw Problem(
                .serverBusy, "There are \(Limits.revokedUsers) users on the deny list: change the key instead.")
        }
        try await NIOThreadPool.singleton.runIfActive { [self] in try write() }
        return until
    }

    private func write() throws {
        try file.withLock { path in
            guard let path else { return }
            let text = try CanonicalJSON.encode(revocations.withLock { $0 })
            do throws(StoreError) {
                try DurableFile.write(text, to: path)
            } catch {
                throw Problem.storeUnavailable
            }
        }
    }

    private static func read(_ path: String) throws(StoreError) -> Revocations {
        do throws(UnreadableFile) {
            let text = try OperatorFile.read(path, atMost: Limits.denyListBytes)
            guard let list = try? JSONReader.decode(Revocations.self, from: text) else {
                throw UnreadableFile(path: path, cause: .unreadable)
            }
            return list
        } catch {
            guard error.cause == .absent else {
                throw StoreError(.corrupt, "\(error), though it says whose tokens are revoked: restore or remove it")
            }
            return Revocations()
        }
    }
}
