/// Makes messages of what one client sends (RFC 6455, sections 5 and 8.1). Pure; every byte is untrusted, and is looked at
/// once, when it comes.
///
/// What has come of a message is kept, and no more than that: a length that was announced takes no memory. After a fault or
/// a close nothing more is taken in.
struct FrameDecoder {
    enum Event: Equatable {
        /// A whole message in UTF-8.
        case text([UInt8])
        case binary([UInt8])
        case ping([UInt8])
        case pong
        case close(CloseRequest)
    }

    /// How much a message may be.
    struct Bounds {
        let messageBytes: Int
        let fragments: Int
        let allowsBinary: Bool
    }

    private let bounds: Bounds
    private var header = FrameHeader()
    /// How much of the frame's payload has come.
    private var payloadBytes = 0
    /// What the message under way is; nil between messages.
    private var kind: FrameHeader.Opcode?
    private var message: [UInt8] = []
    private var fragments = 0
    private var utf8 = UTF8Validator()
    /// The payload of a control frame, which may stand between the pieces of a message.
    private var control: [UInt8] = []
    private var hasEnded = false

    init(_ bounds: Bounds) { self.bounds = bounds }

    /// Takes bytes up to the end of the next message or control frame, or all of them.
    ///
    /// Who stops in between goes on later with the rest.
    mutating func next(in bytes: UnsafeRawBufferPointer) throws(FrameFault) -> (taken: Int, event: Event?) {
        guard !hasEnded else { return (bytes.count, nil) }
        do throws(FrameFault) {
            return try read(bytes)
        } catch {
            end()
            throw error
        }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(FrameFault) -> (taken: Int, event: Event?) {
        var taken = 0
        while true {
            while !header.isComplete {
                guard taken < bytes.count else { return (taken, nil) }
                switch try header.take(bytes[taken]) {
                case .nothing: break
                case .opcode: try checkOrder()
                case .length: try checkSize()
                }
                taken += 1
            }
            let part = bytes[taken...].prefix(header.length - payloadBytes)
            try takePayload(UnsafeRawBufferPointer(rebasing: part))
            taken += part.count
            guard payloadBytes == header.length else { return (taken, nil) }
            if let event = try endFrame() { return (taken, event) }
        }
    }

    // MARK: Frames

    private mutating func checkOrder() throws(FrameFault) {
        let opcode = header.opcode
        guard !opcode.isControl else { return }
        if opcode == .continuation {
            guard kind != nil else { throw .nothingToContinue }
        } else {
            guard kind == nil else { throw .messageNotFinished }
            guard opcode == .text || bounds.allowsBinary else { throw .binary }
            kind = opcode
        }
        fragments += 1
        guard fragments <= bounds.fragments else { throw .tooManyFragments }
    }

    private func checkSize() throws(FrameFault) {
        guard header.opcode.isControl || header.length <= bounds.messageBytes - message.count else {
            throw .messageTooBig
        }
    }

    private mutating func takePayload(_ part: UnsafeRawBufferPointer) throws(FrameFault) {
        if header.opcode.isControl {
            Self.append(part, to: &control, header.maskingKey, at: payloadBytes)
        } else {
            let start = message.count
            Self.append(part, to: &message, header.maskingKey, at: payloadBytes)
            guard kind == .binary || message.withUnsafeBytes({ utf8.accepts(.init(rebasing: $0[start...])) }) else {
                throw .notUTF8
            }
        }
        payloadBytes += part.count
    }

    /// Belongs to nobody: a method of the decoder would hold a second reference to its own message, which then had to be
    /// copied for each part.
    private static func append(
        _ part: UnsafeRawBufferPointer, to payload: inout [UInt8], _ key: MaskingKey, at position: Int
    ) {
        let start = payload.count
        payload.append(contentsOf: part)
        payload.withUnsafeMutableBytes { key.unmask(.init(rebasing: $0[start...]), at: position) }
    }

    /// - Returns: nil when its message goes on.
    private mutating func endFrame() throws(FrameFault) -> Event? {
        let (opcode, isFinal) = (header.opcode, header.isFinal)
        header = FrameHeader()
        payloadBytes = 0
        switch opcode {
        case .ping: return .ping(Self.take(&control))
        case .pong:
            control = []
            return .pong
        case .close:
            let request = try CloseRequest(control)
            end()
            return .close(request)
        case .continuation, .text, .binary: return isFinal ? try endMessage() : nil
        }
    }

    private mutating func endMessage() throws(FrameFault) -> Event {
        guard utf8.isComplete else { throw .notUTF8 }
        defer {
            kind = nil
            fragments = 0
        }
        let payload = Self.take(&message)
        return kind == .binary ? .binary(payload) : .text(payload)
    }

    private static func take(_ payload: inout [UInt8]) -> [UInt8] {
        defer { payload = [] }
        return payload
    }

    private mutating func end() {
        hasEnded = true
        message = []
        control = []
    }
}
