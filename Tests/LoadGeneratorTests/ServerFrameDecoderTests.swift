import Testing

@testable import LoadGenerator

@Suite struct ServerFrameDecoderTests {
    @Test(arguments: [0, 1, 125, 126, 127, 1000, 65_535, 65_536])
    func `a whole message of any length is heard as it was sent`(count: Int) {
        let text = String(repeating: "x", count: count)
        #expect(decode([serverFrame(0x81, text)]).heard == [text])
    }

    @Test func `what comes byte by byte is heard as soon as it is whole`() {
        let frames = serverFrame(0x81, "one") + serverFrame(0x81, String(repeating: "2", count: 300))
        let outcome = decode(frames.map { [$0] })
        #expect(outcome.heard == ["one", String(repeating: "2", count: 300)])
        #expect(outcome.fault == nil)
    }

    @Test func `several messages in one read, and the beginning of another`() {
        let third = serverFrame(0x81, "three")
        let reads = [serverFrame(0x81, "one") + serverFrame(0x81, "two") + third.prefix(3), Array(third.dropFirst(3))]
        #expect(decode(reads).heard == ["one", "two", "three"])
    }

    @Test func `a message in pieces, with control frames between them`() {
        let frames = [
            serverFrame(0x01, "par"), serverFrame(0x89, "p"), serverFrame(0x00, "l"), serverFrame(0x8a, ""),
            serverFrame(0x80, "or"),
        ]
        #expect(decode([frames.flatMap(\.self)]).heard == ["ping p", "pong", "parlor"])
    }

    @Test func `a character may be cut in two by the border of a piece`() {
        let bytes = Array("ü".utf8)
        #expect(decode([serverFrame(0x01, [bytes[0]]) + serverFrame(0x80, [bytes[1]])]).heard == ["ü"])
    }

    @Test func `a close frame with and without a code`() {
        #expect(decode([serverFrame(0x88, [0x0f, 0xa3, 0x78])]).heard == ["close 4003"])
        #expect(decode([serverFrame(0x88, [])]).heard == ["close"])
    }

    @Test(
        arguments: [
            ("the first reserved bit", [0xc1, 0x00], ServerFrameFault.reservedBit),
            ("the third reserved bit", [0x91, 0x00], .reservedBit),
            ("opcode 3", [0x83, 0x00], .reservedOpcode), ("opcode 15", [0x8f, 0x00], .reservedOpcode),
            ("text with a mask", [0x81, 0x80, 0, 0, 0, 0], .masked), ("a ping with a mask", [0x89, 0x80], .masked),
            ("125 bytes in two", [0x81, 126, 0, 125], .lengthNotMinimal),
            ("65,535 bytes in eight", [0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff], .lengthNotMinimal),
            ("a ping in pieces", [0x09, 0x00], .controlInPieces),
            ("a ping of 126 bytes", [0x89, 126], .controlTooLong),
            ("a continuation of nothing", [0x80, 0x00], .nothingToContinue),
            ("text inside text", [0x01, 0x01, 0x61, 0x81, 0x00], .messageNotFinished),
            ("the beginning of text inside text", [0x01, 0x01, 0x61, 0x01, 0x00], .messageNotFinished),
            ("half a close code", [0x88, 0x01, 0x03], .badClose),
            ("a byte that no text has", [0x81, 0x01, 0xff], .notUTF8),
            ("a surrogate", [0x81, 0x03, 0xed, 0xa0, 0x80], .notUTF8),
            ("half a character in two pieces", [0x01, 0x01, 0xc3, 0x80, 0x00], .notUTF8),
            ("a binary frame", [0x82, 0x00], .binary),
            ("a megabyte and a byte", [0x81, 127, 0, 0, 0, 0, 0, 0x10, 0, 1], .tooBig),
            ("the longest there can be", [0x81, 127] + Array(repeating: 0xff, count: 8), .tooBig),
        ] as [(String, [UInt8], ServerFrameFault)])
    func `what no server may send`(_ name: String, _ bytes: [UInt8], _ fault: ServerFrameFault) {
        #expect(decode([bytes]).fault == fault, "\(name)")
        #expect(decode(bytes.map { [$0] }).fault == fault, "\(name), byte by byte")
    }

    @Test func `pieces that together are too big`() {
        let half = Array(repeating: UInt8(ascii: "x"), count: LoadLimits.messageBytes / 2)
        let fits = decode([serverFrame(0x01, half) + serverFrame(0x80, half)])
        #expect(fits.fault == nil)
        #expect(decode([serverFrame(0x01, half) + serverFrame(0x80, half + [0x78])]).fault == .tooBig)
    }
}

/// A frame as a server sends it.
func serverFrame(_ first: UInt8, _ payload: some Collection<UInt8>) -> [UInt8] {
    let count = payload.count
    let length: [UInt8] =
        switch count {
        case 0...125: [UInt8(count)]
        case 126...0xffff: [126, UInt8(count >> 8), UInt8(count & 0xff)]
        default: [127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
    return [first] + length + payload
}

func serverFrame(_ first: UInt8, _ text: String) -> [UInt8] { serverFrame(first, Array(text.utf8)) }

private func decode(_ reads: [[UInt8]]) -> (heard: [String], fault: ServerFrameFault?) {
    var decoder = ServerFrameDecoder()
    var heard: [String] = []
    do throws(ServerFrameFault) {
        for read in reads {
            try read.withUnsafeBufferPointer { bytes throws(ServerFrameFault) in
                try decoder.take(UnsafeRawBufferPointer(bytes)) { event in
                    switch event {
                    case .text(let text): heard.append(String(decoding: text, as: UTF8.self))
                    case .ping(let payload): heard.append("ping " + String(decoding: payload, as: UTF8.self))
                    case .pong: heard.append("pong")
                    case .close(let code): heard.append(code.map { "close \($0)" } ?? "close")
                    }
                }
            }
        }
        return (heard, nil)
    } catch {
        return (heard, error)
    }
}
