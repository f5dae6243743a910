internal import RESPCodec

/// Commands into bytes. Arrays, since an access to a `ByteBuffer` for each argument would cost more than hiredis does.
struct CommandWriter {
    private var arguments: [UInt8] = []
    private var lengths: [Int] = []

    /// Appends a command to the bytes of a burst.
    mutating func write(_ command: RedisCommand, to bytes: inout [UInt8]) {
        arguments.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        arguments.append(contentsOf: command.name.utf8)
        lengths.append(arguments.count)
        for argument in command.rest {
            let start = arguments.count
            switch argument {
            case .text(let text): arguments.append(contentsOf: text.utf8)
            case .bytes(let bytes): arguments.append(contentsOf: bytes)
            case .integer(let number): arguments.append(contentsOf: String(number).utf8)
            }
            lengths.append(arguments.count - start)
        }
        var text: UnsafeMutablePointer<CChar>?
        let length = unsafe Int(resp_command(arguments, lengths, lengths.count, &text))
        // Without memory for a command nothing can be promised any more.
        precondition(length > 0, "no memory for a command")
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: text, count: length))
        unsafe resp_free(text)
        if arguments.capacity > Self.keptBytes { arguments = [] }
    }

    /// One huge command does not hold its memory for good.
    private static var keptBytes: Int { 1 << 20 }
}
