public import NIOCore

/// What a proxy does with the bytes of one direction of one connection. Pure.
public struct FaultyPipe: Sendable {
    public enum Fault: Equatable, Sendable {
        case none
        /// Takes all and gives nothing, not even the end. What was held goes on when the fault is over.
        case hold
        /// Of every chunk the first byte becomes one that starts no reply, and about every fourth of the others
        /// something else.
        case garble(seed: UInt64)
        /// One byte at a time.
        case chop
    }

    public enum Output: Equatable, Sendable {
        case bytes(ByteBuffer)
        case end
    }

    public var fault = Fault.none {
        didSet { if case .garble(let seed) = fault, fault != oldValue { randomness = seed } }
    }
    private var waiting = ByteBuffer()
    private var hasEnded = false
    private var toldEnd = false
    private var randomness: UInt64 = 0

    public init() {}

    /// How many bytes have come and not gone.
    public var heldBytes: Int { waiting.readableBytes }

    public mutating func received(_ bytes: ByteBuffer) { waiting.writeImmutableBuffer(bytes) }

    public mutating func ended() { hasEnded = true }

    /// The next thing that goes on; nil: nothing now.
    public mutating func next() -> Output? {
        guard fault != .hold else { return nil }
        guard waiting.readableBytes > 0 else {
            guard hasEnded, !toldEnd else { return nil }
            toldEnd = true
            return .end
        }
        guard var bytes = waiting.readSlice(length: fault == .chop ? 1 : waiting.readableBytes) else { return nil }
        waiting.discardReadBytes()
        if case .garble = fault { garble(&bytes) }
        return .bytes(bytes)
    }

    private mutating func garble(_ bytes: inout ByteBuffer) {
        for index in bytes.readerIndex..<bytes.writerIndex {
            guard let byte = bytes.getInteger(at: index, as: UInt8.self) else { continue }
            if index == bytes.readerIndex {
                // Of these 64 none starts a reply.
                bytes.setInteger(UInt8(0x80 | random() & 0x3f), at: index)
            } else if random() % 4 == 0 {
                bytes.setInteger(byte ^ UInt8(1 + random() % 255), at: index)
            }
        }
    }

    /// SplitMix64: the same for the same seed, everywhere.
    private mutating func random() -> UInt64 {
        randomness &+= 0x9e37_79b9_7f4a_7c15
        var mixed = randomness
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
