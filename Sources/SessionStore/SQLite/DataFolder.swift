internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The folder of one server, and of no other: the kernel lets go of it when the process ends, however it ends.
final class DataFolder: Sendable {
    /// The database; there, though maybe empty.
    let file: String
    /// Nil once the folder was let go of.
    private let lock: Mutex<Int32?>

    /// Makes what is missing, for this user's eyes only. The folder's parent must be there.
    /// - Throws: `unavailable` when another server has the folder, or it cannot be used.
    init(_ path: String) throws(StoreError) {
        if mkdir(path, 0o700) == 0 {
            // A folder whose name is not safe is gone after a power cut, and all that was made safe in it.
            try DurableFile.flush("\(path)/..")
        } else if errno != EEXIST {
            throw StoreError(.unavailable, "cannot make the folder \(path): \(Self.lastFault)")
        }
        let lock = try Self.descriptor(of: "\(path)/parlor.lock")
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            // Anything else than "held" is the file system's fault, as where it knows no locks.
            let fault = errno == EWOULDBLOCK ? "another server is using it" : Self.lastFault
            _ = close(lock)
            throw StoreError(.unavailable, "cannot use the folder \(path): \(fault)")
        }
        self.lock = Mutex(lock)
        file = Self.file(in: path)
        // SQLite would make it readable for others; its companions get the rights that this one has.
        _ = close(try Self.descriptor(of: file))
    }

    deinit { release() }

    static func file(in folder: String) -> String { "\(folder)/parlor.sqlite" }

    func release() {
        lock.withLock { lock in
            // A child that is being started has the file too for a moment, and would keep the lock.
            if let lock {
                _ = flock(lock, LOCK_UN)
                _ = close(lock)
            }
            lock = nil
        }
    }

    private static func descriptor(of path: String) throws(StoreError) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StoreError(.unavailable, "cannot write \(path): \(lastFault)") }
        return file
    }

    /// What the operating system says about its last failure.
    private static var lastFault: String { String(cString: strerror(errno)) }
}
