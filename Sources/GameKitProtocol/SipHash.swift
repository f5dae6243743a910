/// SipHash-2-4, a keyed hash of 64 bits (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
///
/// The standard library's hashing changes its key with every process; what goes into a snapshot or a replay must not.
package struct SipHash: Hashable, Sendable {
    package let k0: UInt64
    package let k1: UInt64

    package init(_ k0: UInt64, _ k1: UInt64) {
        self.k0 = k0
        self.k1 = k1
    }

    /// The hash of one word, which is that of its eight bytes in little-endian order.
    package func hash(_ word: UInt64) -> UInt64 {
        var state = State(k0, k1)
        state.absorb(word)
        state.absorb(8 << 56)
        return state.finish()
    }

    package func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        // Generic code of another module is fifty times as slow, byte by byte.
        bytes.withContiguousStorageIfAvailable { hashAll($0) } ?? hashAll(bytes)
    }

    @_specialize(where Bytes == UnsafeBufferPointer<UInt8>)
    private func hashAll<Bytes: Sequence<UInt8>>(_ bytes: Bytes) -> UInt64 {
        var state = State(k0, k1)
        var word: UInt64 = 0
        var count: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << (8 * (count & 7))
            count &+= 1
            if count & 7 == 0 {
                state.absorb(word)
                word = 0
            }
        }
        state.absorb(word | count << 56)
        return state.finish()
    }

    private struct State {
        var v0, v1, v2, v3: UInt64

        init(_ k0: UInt64, _ k1: UInt64) {
            v0 = k0 ^ 0x736f_6d65_7073_6575
            v1 = k1 ^ 0x646f_7261_6e64_6f6d
            v2 = k0 ^ 0x6c79_6765_6e65_7261
            v3 = k1 ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            round()
            round()
            round()
            round()
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func round() {
            v0 &+= v1
            v1 = v1 << 13 | v1 >> 51
            v1 ^= v0
            v0 = v0 << 32 | v0 >> 32
            v2 &+= v3
            v3 = v3 << 16 | v3 >> 48
            v3 ^= v2
            v0 &+= v3
            v3 = v3 << 21 | v3 >> 43
            v3 ^= v0
            v2 &+= v1
            v1 = v1 << 17 | v1 >> 47
            v1 ^= v2
            v2 = v2 << 32 | v2 >> 32
        }
    }
}
