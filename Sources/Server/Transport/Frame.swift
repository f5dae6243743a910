internal import NIOCore

/// The frames that the server sends (RFC 6455, section 5.2): whole, unmasked, made once and shared by all who get them.
enum Frame {
    static func text(_ payload: [UInt8]) -> ByteBuffer { frame(opcode: 0x1, payload) }
    static func binary(_ payload: [UInt8]) -> ByteBuffer { frame(opcode: 0x2, payload) }
    static func ping() -> ByteBuffer { frame(opcode: 0x9, []) }
    static func pong(_ payload: some Collection<UInt8>) -> ByteBuffer { frame(opcode: 0xa, payload) }

    static func close(_ code: CloseCode) -> ByteBuffer { close(code.rawValue, code.reason) }

    static func close(_ code: UInt16, _ reason: String = "") -> ByteBuffer {
        frame(opcode: 0x8, [UInt8(code >> 8), UInt8(code & 0xff)] + Array(reason.utf8))
    }

    private static func frame(opcode: UInt8, _ payload: some Collection<UInt8>) -> ByteBuffer {
        let count = payload.count
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count + 10)
        buffer.writeInteger(0x80 | opcode)
        switch count {
        case 0...125: buffer.writeInteger(UInt8(count))
        case 126...0xffff:
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(count))
        default:
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(count))
        }
        buffer.writeBytes(payload)
        return buffer
    }
}
