internal import BlackBox
internal import SessionStore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The memory of the notes: a small file that the kernel keeps when the process ends, however it ends. It says nothing
/// after a power cut, which no game brings about.
///
/// Sendable: it never changes after it was made. What it points to is written by each note's own loop, and by the
/// handler of signals on that loop's thread; others read a note's sequence, which is atomic.
final class TrapRecorder: @unchecked Sendable {
    /// What an earlier process left behind.
    struct Finding: Equatable {
        /// Which process it was.
        var flight: UInt64
        var traps: [Trap]
    }

    let count: Int
    let box: UnsafeMutablePointer<parlor_box>
    private let byteCount: Int

    /// - Parameter path: where the notes are kept; nil: in memory that ends with the process.
    /// - Throws: `unavailable` when the file cannot be made.
    init(_ path: String?, notes: Int) throws(StoreError) {
        count = notes
        byteCount = MemoryLayout<parlor_box>.size + notes * MemoryLayout<parlor_note>.size
        let memory = if let path { try Self.map(path, byteCount) } else { try Self.anonymous(byteCount) }
        memset(memory, 0, byteCount)
        box = memory.bindMemory(to: parlor_box.self, capacity: 1)
        box.pointee.flight = UInt64.random(in: 1...UInt64.max)
        box.pointee.note_count = UInt64(notes)
        box.pointee.magic = PARLOR_BOX_MAGIC
    }

    deinit { munmap(box, byteCount) }

    /// The note of a loop.
    func note(_ index: Int) -> GameNote {
        precondition(0..<count ~= index, "there is one note for each loop")
        return GameNote(pointer(index), of: self)
    }

    func pointer(_ index: Int) -> UnsafeMutablePointer<parlor_note> { parlor_box_notes(box) + index }

    /// What stands in the file of a process that has ended; nil: nothing that this version can read.
    static func finding(in path: String) -> Finding? {
        guard let bytes = try? OperatorFile.read(path), bytes.count >= MemoryLayout<parlor_box>.size else { return nil }
        return bytes.withUnsafeBytes { bytes in
            let box = bytes.loadUnaligned(as: parlor_box.self)
            guard box.magic == PARLOR_BOX_MAGIC else { return nil }
            let size = MemoryLayout<parlor_note>.size
            let starts = stride(from: MemoryLayout<parlor_box>.size, through: bytes.count - size, by: size)
            let notes = starts.map { bytes.loadUnaligned(fromByteOffset: $0, as: parlor_note.self) }
            return Finding(flight: box.flight, traps: notes.filter { $0.guilt != 0 }.map { Trap($0) })
        }
    }

    // MARK: Mapping

    private static func map(_ path: String, _ byteCount: Int) throws(StoreError) -> UnsafeMutableRawPointer {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unavailable(path, errno) }
        defer { close(file) }
        guard ftruncate(file, off_t(byteCount)) == 0 else { throw unavailable(path, errno) }
        #if os(Linux)
            // A hole in the file that cannot be filled later would end the process with SIGBUS.
            let fault = posix_fallocate(file, 0, off_t(byteCount))
            guard fault == 0 else { throw unavailable(path, fault) }
        #endif
        let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let memory, memory != MAP_FAILED else { throw unavailable(path, errno) }
        return memory
    }

    private static func anonymous(_ byteCount: Int) throws(StoreError) -> UnsafeMutableRawPointer {
        let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { throw unavailable("memory", errno) }
        return memory
    }

    private static func unavailable(_ path: String, _ fault: Int32) -> StoreError {
        StoreError(.unavailable, "cannot map \(path): \(String(cString: strerror(fault)))")
    }
}
