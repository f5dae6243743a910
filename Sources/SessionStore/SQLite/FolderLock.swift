internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Holds a data folder for one server. The kernel lets go of it when the process ends, however it ends.
final class FolderLock: Sendable {
    private let file: Mutex<Int32?>

    /// - Throws: `unavailable` when another server has the folder, or it cannot be written.
    init(path: String, folder: String) throws(StoreError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreError(.unavailable, "cannot write in the folder \(folder): \(SystemFault.current)")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            _ = close(file)
            throw StoreError(.unavailable, "another server is using the folder \(folder)")
        }
        self.file = Mutex(file)
    }

    func release() {
        file.withLock { file in
            if let open = file { _ = close(open) }
            file = nil
        }
    }

    deinit { release() }
}

/// The words of the operating system for its last error.
enum SystemFault {
    static var current: String { String(cString: strerror(errno)) }
}
