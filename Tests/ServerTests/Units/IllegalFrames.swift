import Testing

@testable import ParlorServer

/// What no client may send. The name says what is wrong; it shows with the last byte, and not before.
struct IllegalFrames: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let fault: FrameFault

    init(_ name: String, _ bytes: [UInt8], _ fault: FrameFault) {
        testDescription = name
        self.bytes = bytes
        self.fault = fault
    }
}

let illegalFrames: [IllegalFrames] = [
    .init("the first reserved bit", [0xc1], .reservedBit),
    .init("the second reserved bit", [0xa1], .reservedBit),
    .init("the third reserved bit", [0x91], .reservedBit),
    .init("a reserved bit in a control frame", [0xc9], .reservedBit),
    .init("a reserved bit in a later piece", ClientFrame(0x01, "a").bytes + [0xc0], .reservedBit),
    .init("a ping in pieces", [0x09], .controlInPieces),
    .init("a pong in pieces", [0x0a], .controlInPieces),
    .init("a close in pieces", [0x08], .controlInPieces),
    .init("a continuation of nothing", [0x80], .nothingToContinue),
    .init("a continuation that would go on, of nothing", [0x00], .nothingToContinue),
    .init("a continuation of a message that was whole", ClientFrame(0x81, "a").bytes + [0x80], .nothingToContinue),
    .init("a continuation of a ping", ClientFrame(0x89, "a").bytes + [0x80], .nothingToContinue),
    .init("text inside text", ClientFrame(0x01, "a").bytes + [0x81], .messageNotFinished),
    .init("binary inside text", ClientFrame(0x01, "a").bytes + [0x82], .messageNotFinished),
    .init("text inside binary", ClientFrame(0x02, "a").bytes + [0x01], .messageNotFinished),
    .init("text without a mask", [0x81, 0x05], .notMasked),
    .init("a ping without a mask", [0x89, 0x00], .notMasked),
    .init("a later piece without a mask", ClientFrame(0x01, "a").bytes + [0x80, 0x01], .notMasked),
    .init("a ping of 126 bytes", [0x89, 0xfe], .controlTooLong),
    .init("a pong of 126 bytes", [0x8a, 0xfe], .controlTooLong),
    .init("a close of 65,536 bytes", [0x88, 0xff], .controlTooLong),
    .init("no bytes, in two bytes", [0x81, 0xfe, 0, 0], .lengthNotMinimal),
    .init("125 bytes in two bytes", [0x81, 0xfe, 0, 125], .lengthNotMinimal),
    .init("125 bytes in eight", [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 125], .lengthNotMinimal),
    .init("65,535 bytes in eight", [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff], .lengthNotMinimal),
    .init("the highest bit of a length", [0x81, 0xff, 0x80], .lengthTooLong),
    .init("a byte too much, announced", [0x81, 0xfe, 0x03, 0xe9], .messageTooBig),
    .init("the longest message there can be", [0x81, 0xff, 0x7f] + Array(repeating: 0xff, count: 7), .messageTooBig),
    .init(
        "a byte too much in a second piece",
        ClientFrame(0x01, Array(repeating: 0x20, count: 999)).bytes + [0x80, 0x82], .messageTooBig
    ),
    .init(
        "one piece too many",
        ClientFrame(0x01).bytes + (1...4).flatMap { _ in ClientFrame(0x00).bytes } + [0x00], .tooManyFragments),
    .init("half a close code", ClientFrame(0x88, [0x03]).bytes, .badCloseCode),
    .init("a close code of 0", ClientFrame(0x88, [0, 0]).bytes, .badCloseCode),
    .init("a close code that stands for its absence", ClientFrame(0x88, [0x03, 0xed]).bytes, .badCloseCode),
    .init("a close whose reason is no UTF-8", ClientFrame(0x88, [0x03, 0xe8, 0xff]).bytes, .notUTF8),
    .init("a close whose reason ends in a character", ClientFrame(0x88, [0x03, 0xe8, 0xc3]).bytes, .notUTF8),
    .init(
        "a half-sent message, and a close in the wrong words",
        ClientFrame(0x01, "a").bytes + ClientFrame(0x88, [0x03]).bytes, .badCloseCode),
    .init("text that ends in a character", ClientFrame(0x81, [0xe2, 0x82]).bytes, .notUTF8),
    .init(
        "text that is empty at its end, in a character",
        ClientFrame(0x01, [0xe2]).bytes + ClientFrame(0x80).bytes, .notUTF8),
    .init(
        "text that begins with a continuation byte", Array(ClientFrame(0x81, [0x80, 0x20]).bytes.dropLast()), .notUTF8),
    .init(
        "a surrogate, before the rest of it comes",
        Array(ClientFrame(0x81, [0x61, 0xed, 0xa0, 0x80]).bytes.dropLast()), .notUTF8),
    .init(
        "no UTF-8 in a message that goes on for long",
        Array(ClientFrame(0x81, [0x61, 0xff] + Array(repeating: 0x61, count: 500)).bytes.dropLast(500)), .notUTF8),
    .init(
        "a character that the next piece does not continue",
        ClientFrame(0x01, [0xf0, 0x9f]).bytes + ClientFrame(0x80, [0x41]).bytes, .notUTF8),
]
