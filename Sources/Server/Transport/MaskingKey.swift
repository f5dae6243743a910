/// What a client hides its payloads behind from whatever is on the way (RFC 6455, section 5.3).
struct MaskingKey {
    static let byteCount = 4

    /// The first byte is the highest.
    private var key: UInt32 = 0

    mutating func take(_ byte: UInt8) { key = key << 8 | UInt32(byte) }

    /// Takes the mask off a part of a payload.
    /// - Parameter position: where in the payload the part begins.
    func unmask(_ part: UnsafeMutableRawBufferPointer, at position: Int) {
        let due = 8 * UInt32(truncatingIfNeeded: position % Self.byteCount)
        let turned = key << due | (due == 0 ? 0 : key >> (32 - due))
        let word = (UInt64(turned) << 32 | UInt64(turned)).bigEndian
        var index = 0
        while index + 8 <= part.count {
            let masked = part.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            part.storeBytes(of: masked ^ word, toByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < part.count {
            part[index] ^= UInt8(truncatingIfNeeded: turned >> (24 - 8 * UInt32(index % Self.byteCount)))
            index += 1
        }
    }
}
