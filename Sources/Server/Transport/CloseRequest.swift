internal import NIOCore

/// The close frame of a client (RFC 6455, sections 5.5.1 and 7.4): untrusted, and answered with the code it gave if that
/// may stand in a frame.
struct CloseRequest: Equatable {
    /// What the server answers.
    let answer: CloseCode

    init(_ payload: ByteBuffer) {
        var payload = payload
        guard payload.readableBytes > 0 else {
            answer = .normal
            return
        }
        let code = payload.readInteger(as: UInt16.self) ?? 0
        let reason = Array(buffer: payload)
        let isAllowed =
            switch code {
            case 1000...1003, 1007...1011, 3000...4999: true
            default: false
            }
        answer =
            if !isAllowed {
                .protocolError
            } else if String(validating: reason, as: UTF8.self) == nil {
                .badUTF8
            } else {
                CloseCode(rawValue: code) ?? .normal
            }
    }
}
