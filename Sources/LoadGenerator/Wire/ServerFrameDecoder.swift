/// Makes messages of what a server sends (RFC 6455, section 5). Pure; every byte is untrusted.
///
/// A frame that has come whole is looked at where it lies, without a copy: a machine that is measured should have little
/// work with whoever measures.
struct ServerFrameDecoder {
    enum Event {
        /// A whole message in UTF-8; its bytes are valid for the length of the call.
        case text(UnsafeRawBufferPointer)
        case ping([UInt8])
        case pong
        /// The code, if there is one.
        case close(UInt16?)
    }

    /// The head of one frame.
    private struct Header {
        let opcode: UInt8
        let isFinal: Bool
        let payload: Range<Int>

        var isControl: Bool { opcode & 0x8 != 0 }
    }

    /// The beginning of a frame whose end has not come yet.
    private var unread: [UInt8] = []
    /// The pieces of a message that is sent in several; nil between such messages.
    private var pieces: [UInt8]?

    /// Takes what was read, and tells of everything that is complete with it, in order.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, _ hear: (Event) -> Void
    ) throws(ServerFrameFault) {
        if unread.isEmpty {
            let taken = try readFrames(bytes, hear)
            unread.append(contentsOf: bytes[taken...])
        } else {
            unread.append(contentsOf: bytes)
            let all = unread
            let taken = try all.withUnsafeBufferPointer { bytes throws(ServerFrameFault) in
                try readFrames(UnsafeRawBufferPointer(bytes), hear)
            }
            unread = Array(all[taken...])
        }
    }

    /// - Returns: how many bytes the complete frames have.
    private mutating func readFrames(
        _ bytes: UnsafeRawBufferPointer, _ hear: (Event) -> Void
    ) throws(ServerFrameFault) -> Int {
        var taken = 0
        while let header = try Self.header(UnsafeRawBufferPointer(rebasing: bytes[taken...])) {
            let payload = bytes[(taken + header.payload.lowerBound)...].prefix(header.payload.count)
            guard payload.count == header.payload.count else { break }
            try readFrame(header, UnsafeRawBufferPointer(rebasing: payload), hear)
            taken += header.payload.upperBound
        }
        return taken
    }

    /// - Returns: nil when not all of it has come.
    private static func header(_ bytes: UnsafeRawBufferPointer) throws(ServerFrameFault) -> Header? {
        guard bytes.count >= 2 else { return nil }
        guard bytes[0] & 0x70 == 0 else { throw .reservedBit }
        let (opcode, isFinal) = (bytes[0] & 0x0f, bytes[0] & 0x80 != 0)
        guard [0x0, 0x1, 0x2, 0x8, 0x9, 0xa].contains(opcode) else { throw .reservedOpcode }
        guard bytes[1] & 0x80 == 0 else { throw .masked }
        let short = Int(bytes[1])
        if opcode & 0x8 != 0 {
            guard isFinal else { throw .controlInPieces }
            guard short <= 125 else { throw .controlTooLong }
        }
        let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
        guard bytes.count >= 2 + lengthBytes else { return nil }
        var length = lengthBytes == 0 ? short : 0
        for byte in bytes[2..<(2 + lengthBytes)] {
            guard length <= LoadLimits.messageBytes else { throw .tooBig }
            length = length << 8 | Int(byte)
        }
        guard lengthBytes == 0 || length > (lengthBytes == 2 ? 125 : 0xffff) else { throw .lengthNotMinimal }
        guard length <= LoadLimits.messageBytes else { throw .tooBig }
        return Header(
            opcode: opcode, isFinal: isFinal, payload: (2 + lengthBytes)..<(2 + lengthBytes + length))
    }

    private mutating func readFrame(
        _ header: Header, _ payload: UnsafeRawBufferPointer, _ hear: (Event) -> Void
    ) throws(ServerFrameFault) {
        switch header.opcode {
        case 0x8:
            guard payload.count != 1 else { throw .badClose }
            hear(.close(payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil))
        case 0x9: hear(.ping(Array(payload)))
        case 0xa: hear(.pong)
        case 0x2: throw .binary
        case 0x1 where header.isFinal:
            guard pieces == nil else { throw .messageNotFinished }
            try Self.hear(text: payload, hear)
        default: try readPiece(header, payload, hear)
        }
    }

    private mutating func readPiece(
        _ header: Header, _ payload: UnsafeRawBufferPointer, _ hear: (Event) -> Void
    ) throws(ServerFrameFault) {
        guard (header.opcode == 0x0) == (pieces != nil) else {
            throw header.opcode == 0x0 ? .nothingToContinue : .messageNotFinished
        }
        var message = pieces ?? []
        guard message.count + payload.count <= LoadLimits.messageBytes else { throw .tooBig }
        message.append(contentsOf: payload)
        pieces = header.isFinal ? nil : message
        guard header.isFinal else { return }
        try message.withUnsafeBufferPointer { bytes throws(ServerFrameFault) in
            try Self.hear(text: UnsafeRawBufferPointer(bytes), hear)
        }
    }

    private static func hear(
        text: UnsafeRawBufferPointer, _ hear: (Event) -> Void
    ) throws(ServerFrameFault) {
        guard isASCII(text) || String(validating: text, as: UTF8.self) != nil else { throw .notUTF8 }
        hear(.text(text))
    }

    /// Nearly all text is, which shows in eight bytes at a time.
    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        var seen: UInt64 = 0
        while index + 8 <= bytes.count {
            seen |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            seen |= UInt64(bytes[index])
            index += 1
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }
}
