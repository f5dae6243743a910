internal import NIOCore
internal import RESPCodec

/// Commands into bytes.
struct CommandWriter {
    private var arguments = ByteBuffer()
    private var lengths: [Int] = []

    /// Appends a command to the bytes of a burst.
    mutating func write(_ command: RedisCommand, to bytes: inout ByteBuffer) {
        arguments.clear(minimumCapacity: 0)
        lengths.removeAll(keepingCapacity: true)
        for argument in command.arguments {
            switch argument {
            case .text(let text): lengths.append(arguments.writeString(text))
            case .bytes(let bytes): lengths.append(arguments.writeBytes(bytes))
            case .integer(let number): lengths.append(arguments.writeString(String(number)))
            }
        }
        unsafe arguments.withUnsafeReadableBytes { arguments in
            let start = unsafe arguments.assumingMemoryBound(to: UInt8.self).baseAddress
            var command: UnsafeMutablePointer<CChar>?
            let length = unsafe resp_command(start, lengths, lengths.count, &command)
            // Without memory for a command nothing can be promised any more.
            precondition(length > 0, "no memory for a command")
            unsafe bytes.writeBytes(UnsafeRawBufferPointer(start: command, count: Int(length)))
            unsafe resp_free(command)
        }
    }
}
