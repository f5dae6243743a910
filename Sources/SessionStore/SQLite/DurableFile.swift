#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Files that are complete or not there: written under another name, flushed, and only then given their own.
public enum DurableFile {
    /// Makes an empty file beside `path` that only this user can read, under a name that nobody has.
    public static func temporary(for path: String) throws(StoreError) -> String {
        var name = Array("\(path).partial-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw fault("cannot write beside \(path)") }
        _ = close(descriptor)
        return String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Makes a file empty that only this user can read, whether it was there or not.
    static func empty(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, fchmod(descriptor, 0o600) == 0, close(descriptor) == 0 else {
            throw fault("cannot write \(path)")
        }
    }

    /// Replaces a file, or makes it, for this user's eyes only: whoever reads it finds the old text or the new one.
    public static func write(_ bytes: [UInt8], to path: String) throws(StoreError) {
        let draft = path + ".new"
        try empty(draft)
        guard let file = fopen(draft, "r+") else { throw fault("cannot write \(path)") }
        let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
        guard fclose(file) == 0, isWritten else { throw fault("cannot write \(path)") }
        try move(draft, to: path)
    }

    /// Gives a file its name for good, in place of whatever had it: afterwards a power cut does not undo it.
    public static func move(_ temporary: String, to path: String) throws(StoreError) {
        try flush(temporary)
        guard rename(temporary, path) == 0 else { throw fault("cannot make \(path)") }
        try flush(folder(of: path))
    }

    /// Gives a file a second name, under which it stays when the first is taken by another.
    static func keep(_ path: String, as other: String) throws(StoreError) {
        guard link(path, other) == 0 else { throw fault("cannot keep \(path) as \(other)") }
        try flush(folder(of: path))
    }

    public static func remove(_ path: String) { _ = unlink(path) }

    public static func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// In bytes; 0 when there is none.
    static func size(of path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// Has the disk write a file, or the names in a folder.
    static func flush(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault("cannot read \(path)") }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault("cannot flush \(path)") }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func fault(_ what: String) -> StoreError {
        StoreError(.unavailable, "\(what): \(String(cString: strerror(errno)))")
    }
}
