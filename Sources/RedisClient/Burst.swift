internal import NIOCore

/// The bytes of commands until they are written together.
struct Burst {
    private var writer = CommandWriter()
    private var bytes: [UInt8] = []
    /// Its memory serves the next burst, once the socket has taken what is in it.
    private var buffer = ByteBuffer()

    mutating func write<Completion>(_ commands: ConnectionMachine<Completion>.Commands) {
        switch commands {
        case .one(let command): writer.write(command, to: &bytes)
        case .many(let commands): for command in commands { writer.write(command, to: &bytes) }
        }
    }

    /// What is to be written, if anything.
    mutating func take() -> ByteBuffer? {
        guard !bytes.isEmpty else { return nil }
        buffer.clear()
        buffer.writeBytes(bytes)
        forget()
        defer { if buffer.capacity > Self.keptBytes { buffer = ByteBuffer() } }
        return buffer
    }

    /// Whoever they were for is gone.
    mutating func forget() {
        if bytes.capacity > Self.keptBytes { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }

    /// One huge burst does not hold its memory for good.
    private static var keptBytes: Int { 1 << 20 }
}
