internal import NIOCore

/// The frames that a client sends (RFC 6455, section 5.2): whole, and masked.
enum ClientFrame {
    enum Opcode: UInt8 {
        case text = 0x1
        case close = 0x8
        case pong = 0xa
    }

    /// - Parameter key: a page's must be unforeseeable, since its text may be a stranger's; here all is our own.
    static func append(_ opcode: Opcode, _ payload: some Sequence<UInt8>, key: UInt32, to buffer: inout ByteBuffer) {
        let start = buffer.writerIndex
        // The length is known once the payload is there; nearly all have less than 126 bytes.
        buffer.writeRepeatingByte(0, count: shortHeader)
        let count = buffer.writeBytes(payload)
        if count > 125 { makeRoom(for: count, at: start, in: &buffer) }
        let keyStart = buffer.writerIndex - count - 4
        buffer.setInteger(0x80 | opcode.rawValue, at: start)
        buffer.setInteger(key, at: keyStart)
        switch count {
        case 0...125: buffer.setInteger(0x80 | UInt8(count), at: start + 1)
        case 126...0xffff:
            buffer.setInteger(0x80 | UInt8(126), at: start + 1)
            buffer.setInteger(UInt16(count), at: start + 2)
        default:
            buffer.setInteger(0x80 | UInt8(127), at: start + 1)
            buffer.setInteger(UInt64(count), at: start + 2)
        }
        mask(&buffer, from: keyStart + 4, key)
    }

    private static let shortHeader = 6

    private static func makeRoom(for count: Int, at start: Int, in buffer: inout ByteBuffer) {
        let more = count > 0xffff ? 8 : 2
        let payload = buffer.getBytes(at: start + shortHeader, length: count) ?? []
        buffer.moveWriterIndex(to: start + shortHeader)
        buffer.writeRepeatingByte(0, count: more)
        buffer.writeBytes(payload)
    }

    private static func mask(_ buffer: inout ByteBuffer, from start: Int, _ key: UInt32) {
        let from = start - buffer.readerIndex
        buffer.withUnsafeMutableReadableBytes { bytes in
            let word = (UInt64(key) << 32 | UInt64(key)).bigEndian
            var index = from
            while index + 8 <= bytes.count {
                let plain = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: plain ^ word, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < bytes.count {
                bytes[index] ^= UInt8(truncatingIfNeeded: key >> (24 - 8 * UInt32((index - from) % 4)))
                index += 1
            }
        }
    }
}
