/// What no client may send in frames, or not so much of (RFC 6455; the section stands at each). The connection ends, since
/// nothing behind it can be trusted to begin where it seems to.
enum FrameFault: Error, Equatable, CaseIterable {
    /// 5.2: a bit of an extension, and none was agreed on.
    case reservedBit
    /// 5.2.
    case reservedOpcode
    /// 5.1.
    case notMasked
    /// 5.2: a length in more bytes than it needs...
    case lengthNotMinimal
    /// ...or with its highest bit.
    case lengthTooLong
    /// 5.5: control frames are never in pieces...
    case controlInPieces
    /// ...and have at most 125 bytes.
    case controlTooLong
    /// 5.4: a continuation, but no message to continue.
    case nothingToContinue
    /// 5.4: a message in the middle of another.
    case messageNotFinished
    /// 5.5.1 and 7.4: half a code, or one that may not stand in a frame.
    case badCloseCode
    /// 8.1.
    case notUTF8
    /// 5.6: our messages are text.
    case binary
    /// 10.4: over our bound of bytes...
    case messageTooBig
    /// ...or of pieces.
    case tooManyFragments

    var closeCode: CloseCode {
        switch self {
        case .reservedBit, .reservedOpcode, .notMasked, .lengthNotMinimal, .lengthTooLong, .controlInPieces,
            .controlTooLong, .nothingToContinue, .messageNotFinished, .badCloseCode:
            .protocolError
        case .notUTF8: .badUTF8
        case .binary: .binaryFrame
        case .messageTooBig, .tooManyFragments: .messageTooBig
        }
    }
}
