/// The close frame of a client (RFC 6455, sections 5.5.1 and 7.4): untrusted.
struct CloseRequest: Equatable {
    /// What it gave as its reason, and is answered with; nothing given is 1000.
    let code: UInt16

    /// - Parameter payload: unmasked, of a frame that may be one.
    init(_ payload: [UInt8]) throws(FrameFault) {
        guard !payload.isEmpty else {
            code = CloseCode.normal.rawValue
            return
        }
        guard payload.count >= 2 else { throw .badCloseCode }
        code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        switch code {
        case 1000...1003, 1007...1011, 3000...4999: break
        default: throw .badCloseCode
        }
        var reason = UTF8Validator()
        let isText = payload.withUnsafeBytes { reason.accepts(.init(rebasing: $0[2...])) }
        guard isText, reason.isComplete else { throw .notUTF8 }
    }
}
