import Testing

@testable import ParlorServer

@Suite struct FrameDecoderTests {
    @Test(arguments: [0, 1, 3, 7, 8, 9, 125, 126, 127, 1000])
    func `a whole message of any length is given as it was sent`(count: Int) {
        let payload = (0..<count).map { UInt8($0 % 0x80) }
        #expect(decode([ClientFrame(0x81, payload).bytes]).events == [.text(payload)])
        #expect(decode([ClientFrame(0x82, payload).bytes]).events == [.binary(payload)])
    }

    @Test func `a length over 65,535 has eight bytes`() {
        let payload = Array(repeating: UInt8(ascii: "x"), count: 65_536)
        let bounds = FrameDecoder.Bounds(messageBytes: 65_536, fragments: 1, allowsBinary: false)
        #expect(decode([ClientFrame(0x81, payload).bytes], bounds).events == [.text(payload)])
    }

    @Test func `every piece of a message has a mask of its own`() {
        var second = ClientFrame(0x80, "parlor of games")
        second.key = [0, 0xff, 1, 2]
        let bytes = ClientFrame(0x01, "into my ").bytes + second.bytes
        #expect(decode([bytes]).events == [.text(Array("into my parlor of games".utf8))])
    }

    @Test func `control frames may stand between the pieces of a message, and have their own payload`() {
        let frames = [
            ClientFrame(0x01, "a"), ClientFrame(0x89, "ping"), ClientFrame(0x00), ClientFrame(0x8a, "pong"),
            ClientFrame(0x80, "b"),
        ]
        let events = decode([frames.flatMap(\.bytes)]).events
        #expect(events == [.ping(Array("ping".utf8)), .pong, .text(Array("ab".utf8))])
    }

    @Test func `after a close nothing is taken in, not even what would be a fault`() throws {
        let close = FrameDecoder.Event.close(try CloseRequest([0x03, 0xe9]))
        let frames = [ClientFrame(0x01, "half"), ClientFrame(0x88, [0x03, 0xe9]), ClientFrame(0x80, "rest")]
        #expect(decode([frames.flatMap(\.bytes) + [0xff]]) == FrameOutcome(events: [close]))
    }

    @Test func `after a fault nothing is taken in`() throws {
        var decoder = FrameDecoder(.some)
        #expect(throws: FrameFault.reservedBit) {
            try [0xff as UInt8].withUnsafeBytes { _ = try decoder.next(in: $0) }
        }
        let (taken, event) = try ClientFrame(0x81, "x").bytes.withUnsafeBytes { try decoder.next(in: $0) }
        #expect(taken == 7)
        #expect(event == nil)
    }

    @Test(arguments: illegalFrames)
    func `what is illegal is refused at the byte that shows it`(illegal: IllegalFrames) {
        let slow = decodeSlowly(illegal.bytes)
        #expect(slow.fault == illegal.fault)
        #expect(slow.faultAt == illegal.bytes.count)
        let whole = decode([illegal.bytes + [0x81, 0x80]])
        #expect(whole.fault == illegal.fault)
        #expect(whole.events == slow.events)
    }

    @Test func `every fault has an illegal stream in the table, or its own test`() {
        let shown = Set(illegalFrames.map(\.fault) + [.reservedOpcode, .binary])
        #expect(shown == Set(FrameFault.allCases))
    }

    @Test(arguments: [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf] as [UInt8])
    func `an opcode that means nothing is refused`(opcode: UInt8) {
        #expect(decode([[0x80 | opcode]]).fault == .reservedOpcode)
        #expect(decode([[opcode]]).fault == .reservedOpcode)
    }

    @Test func `binary is refused at its first byte where it is not wanted`() {
        #expect(decode([[0x82]], .textOnly).fault == .binary)
        #expect(decode([[0x02]], .textOnly).fault == .binary)
        #expect(decode([ClientFrame(0x81, "text").bytes], .textOnly).events == [.text(Array("text".utf8))])
    }

    @Test func `a message as large and in as many pieces as may be is taken`() {
        let piece = Array(repeating: UInt8(ascii: "x"), count: 200)
        let frames = [0x01, 0x00, 0x00, 0x00, 0x80].map { ClientFrame($0, piece).bytes }
        let twice = frames + frames
        #expect(decode(twice).events.count == 2)
        #expect(decode([twice.flatMap { $0 }]).events == decode(twice).events)
    }

    @Test func `the close code is that of the fault`() {
        let codes = Dictionary(grouping: FrameFault.allCases, by: \.closeCode)
        #expect(codes[.badUTF8] == [.notUTF8])
        #expect(codes[.binaryFrame] == [.binary])
        #expect(codes[.messageTooBig] == [.messageTooBig, .tooManyFragments])
        #expect(codes.keys.count == 4)
        #expect(codes[.protocolError]?.count == FrameFault.allCases.count - 4)
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] as [UInt16])
    func `a close that may be sent is told with its code`(code: UInt16) throws {
        let payload = [UInt8(code >> 8), UInt8(code & 0xff)] + Array("grüezi".utf8)
        #expect(try CloseRequest(payload).code == code)
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1012, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16])
    func `a code that may not stand in a frame is refused`(code: UInt16) {
        #expect(throws: FrameFault.badCloseCode) { try CloseRequest([UInt8(code >> 8), UInt8(code & 0xff)]) }
    }

    @Test func `a close without a code is done`() throws {
        #expect(try CloseRequest([]).code == 1000)
    }
}
