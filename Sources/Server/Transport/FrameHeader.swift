/// The header of one frame (RFC 6455, section 5.2), taken in byte by byte: untrusted, and refused at the first byte that
/// shows a fault.
struct FrameHeader {
    enum Opcode: UInt8 {
        case continuation = 0x0
        case text = 0x1
        case binary = 0x2
        case close = 0x8
        case ping = 0x9
        case pong = 0xa

        var isControl: Bool { rawValue & 0x8 != 0 }
    }

    /// What is known since the last byte, and was not before.
    enum News { case nothing, opcode, length }

    private(set) var opcode = Opcode.continuation
    private(set) var isFinal = false
    /// Of the payload, in bytes.
    private(set) var length = 0
    private(set) var maskingKey = MaskingKey()
    private var taken = 0
    /// Where the length ends and the masking key begins.
    private var lengthEnd = 2

    private static let longestControl = 125

    var isComplete: Bool { taken == lengthEnd + MaskingKey.byteCount }

    mutating func take(_ byte: UInt8) throws(FrameFault) -> News {
        defer { taken += 1 }
        switch taken {
        case 0:
            guard byte & 0x70 == 0 else { throw .reservedBit }
            guard let opcode = Opcode(rawValue: byte & 0x0f) else { throw .reservedOpcode }
            self.opcode = opcode
            isFinal = byte & 0x80 != 0
            guard isFinal || !opcode.isControl else { throw .controlInPieces }
            return .opcode
        case 1:
            guard byte & 0x80 != 0 else { throw .notMasked }
            let short = Int(byte & 0x7f)
            guard short <= Self.longestControl || !opcode.isControl else { throw .controlTooLong }
            switch short {
            case 126: lengthEnd = 4
            case 127: lengthEnd = 10
            default:
                length = short
                return .length
            }
            return .nothing
        case 2..<lengthEnd:
            guard taken > 2 || lengthEnd == 4 || byte & 0x80 == 0 else { throw .lengthTooLong }
            length = length << 8 | Int(byte)
            guard taken + 1 == lengthEnd else { return .nothing }
            guard length > (lengthEnd == 4 ? 125 : 0xffff) else { throw .lengthNotMinimal }
            return .length
        default:
            maskingKey.take(byte)
            return .nothing
        }
    }
}
