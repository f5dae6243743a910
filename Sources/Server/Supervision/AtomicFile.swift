internal import SessionStore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Writes small files of the data folder: whoever reads one finds the old text or the new one, and never half of it.
enum AtomicFile {
    /// Returns once the file is on the disk, for this user's eyes only.
    static func write(_ bytes: [UInt8], to path: String) throws(StoreError) {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw fault(path) }
        let isWritten = writeAll(bytes, to: file) && fsync(file) == 0
        let failure = isWritten ? nil : fault(path)
        close(file)
        if let failure { throw failure }
        guard rename(draft, path) == 0 else { throw fault(path) }
        // The name is in the folder, which is a file of its own.
        let folder = open(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Makes a folder, for this user's eyes only, unless it is there.
    static func makeFolder(_ path: String) throws(StoreError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw fault(path) }
    }

    /// How many files a folder has, drafts and all.
    static func count(in folder: String) -> Int {
        guard let entries = opendir(folder) else { return 0 }
        defer { closedir(entries) }
        var count = 0
        while let entry = readdir(entries) { if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 } }
        return count
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Platform.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func fault(_ path: String) -> StoreError {
        StoreError(.unavailable, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}

/// The system's function, beside ours of the same name.
private enum Platform {
    static func write(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, bytes, count)
        #else
            Darwin.write(file, bytes, count)
        #endif
    }
}
