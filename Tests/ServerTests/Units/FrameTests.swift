import NIOCore
import Testing

@testable import ParlorServer

@Suite struct FrameTests {
    @Test(
        arguments: [
            (0, [0x81, 0x00]), (1, [0x81, 0x01]), (125, [0x81, 0x7d]), (126, [0x81, 0x7e, 0x00, 0x7e]),
            (65535, [0x81, 0x7e, 0xff, 0xff]), (65536, [0x81, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func `a text frame says its length in as few bytes as may be`(count: Int, header: [UInt8]) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(Array(buffer: Frame.text(payload)) == header + payload)
    }

    @Test func `pings are empty, pongs carry what the ping did`() {
        #expect(Array(buffer: Frame.ping()) == [0x89, 0x00])
        #expect(Array(buffer: Frame.pong([1, 2, 3])) == [0x8a, 0x03, 1, 2, 3])
    }

    @Test func `a close frame says why, as a number and in words`() {
        #expect(Array(buffer: Frame.close(.replaced)) == [0x88, 18, 0x0f, 0xa1] + bytes("active elsewhere"))
        #expect(Array(buffer: Frame.close(.normal)) == [0x88, 6, 0x03, 0xe8] + bytes("done"))
        #expect(Array(buffer: Frame.close(3000)) == [0x88, 2, 0x0b, 0xb8])
    }
}
