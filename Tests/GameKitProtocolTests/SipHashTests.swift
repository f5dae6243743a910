import Testing

@testable import GameKitProtocol

@Suite struct SipHashTests {
    /// Of the reference implementation: key 00 01 ... 0f, and as input the first so many of 00 01 02 ...
    @Test(
        arguments: [
            (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (2, 0x0d6c_8009_d9a9_4f5a),
            (3, 0x8567_6696_d7fb_7e2d), (8, 0x93f5_f579_9a93_2462), (15, 0xa129_ca61_49be_45e5),
        ] as [(UInt8, UInt64)])
    func `gives the published hashes`(length: UInt8, hash: UInt64) {
        let sipHash = SipHash(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        #expect(sipHash.hash(0..<length) == hash)
    }

    @Test func `a word is its eight bytes in little-endian order`() {
        let sipHash = SipHash(1, 2)
        #expect(sipHash.hash(0x0706_0504_0302_0100 as UInt64) == sipHash.hash(0..<(8 as UInt8)))
        #expect(
            SipHash(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908).hash(0x0706_0504_0302_0100 as UInt64)
                == 0x93f5_f579_9a93_2462)
    }

    @Test func `the key, the input and its length all count`() {
        let hashes = [
            SipHash(0, 0).hash([]), SipHash(1, 0).hash([]), SipHash(0, 1).hash([]), SipHash(0, 0).hash([0]),
            SipHash(0, 0).hash([0, 0]), SipHash(0, 0).hash(Array(repeating: 0, count: 8)),
            SipHash(0, 0).hash(Array(repeating: 0, count: 9)),
        ]
        #expect(Set(hashes).count == hashes.count)
    }
}
