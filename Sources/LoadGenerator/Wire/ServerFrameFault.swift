/// What no server may send in frames (RFC 6455; the section stands at each), or not so much of.
enum ServerFrameFault: String, Error, CaseIterable {
    case reservedBit = "a frame with a bit of an extension that was not agreed on (5.2)"
    case reservedOpcode = "a frame with a reserved opcode (5.2)"
    case masked = "a masked frame (5.1)"
    case lengthNotMinimal = "a frame whose length has more bytes than it needs (5.2)"
    case controlInPieces = "a control frame in pieces (5.5)"
    case controlTooLong = "a control frame of more than 125 bytes (5.5)"
    case nothingToContinue = "a continuation, but no message to continue (5.4)"
    case messageNotFinished = "a message in the middle of another (5.4)"
    case badClose = "a close frame with half a code (5.5.1)"
    case notUTF8 = "text that is not UTF-8 (8.1)"
    case binary = "a binary frame, where messages are text"
    case tooBig = "a message larger than any of this protocol"
}
