import NIOCore
import Testing

@testable import LoadGenerator

@Suite struct ClientFrameTests {
    /// RFC 6455, section 5.7: a masked "Hello".
    @Test func `the example of the RFC`() {
        var buffer = ByteBuffer()
        ClientFrame.append(.text, "Hello".utf8, key: 0x37fa_213d, to: &buffer)
        #expect(
            buffer == ByteBuffer(bytes: [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]))
    }

    @Test(arguments: [0, 1, 7, 8, 9, 125, 126, 127, 65_535, 65_536])
    func `a frame of any length stands behind another and can be read`(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var buffer = ByteBuffer()
        ClientFrame.append(.pong, [1, 2, 3], key: 0x0102_0304, to: &buffer)
        #expect(buffer.readableBytes == 9)
        ClientFrame.append(.text, payload, key: 0xdead_beef, to: &buffer)
        #expect(read(&buffer)?.payload == [1, 2, 3])
        let frame = read(&buffer)
        #expect(frame?.first == 0x81)
        #expect(frame?.payload == payload)
        #expect(buffer.readableBytes == 0)
    }

    /// Byte by byte, as the RFC has it.
    private func read(_ buffer: inout ByteBuffer) -> (first: UInt8, payload: [UInt8])? {
        guard let first = buffer.readInteger(as: UInt8.self), let second = buffer.readInteger(as: UInt8.self),
            second & 0x80 != 0
        else { return nil }
        let count: Int? =
            switch second & 0x7f {
            case 126: buffer.readInteger(as: UInt16.self).map(Int.init)
            case 127: buffer.readInteger(as: UInt64.self).map(Int.init)
            default: Int(second & 0x7f)
            }
        guard let count, let key = buffer.readBytes(length: 4), let masked = buffer.readBytes(length: count) else {
            return nil
        }
        return (first, masked.enumerated().map { $1 ^ key[$0 % 4] })
    }
}
