import Testing

@testable import ParlorServer

/// One frame as a client sends it, right or wrong.
struct ClientFrame {
    enum LengthForm { case shortest, two, eight }

    var first: UInt8
    var payload: [UInt8]
    var key: [UInt8]? = [0x37, 0xfa, 0x21, 0x3d]
    var form = LengthForm.shortest

    init(_ first: UInt8, _ payload: [UInt8] = []) {
        self.first = first
        self.payload = payload
    }

    init(_ first: UInt8, _ payload: String) { self.init(first, Array(payload.utf8)) }

    var bytes: [UInt8] {
        var bytes = [first]
        let mask: UInt8 = key == nil ? 0 : 0x80
        let count = payload.count
        switch form {
        case .shortest where count <= 125: bytes.append(mask | UInt8(count))
        case .shortest where count <= 0xffff, .two: bytes += [mask | 126, UInt8(count >> 8), UInt8(count & 0xff)]
        case .shortest, .eight:
            bytes.append(mask | 127)
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
        guard let key else { return bytes + payload }
        return bytes + key + payload.enumerated().map { $0.element ^ key[$0.offset % 4] }
    }
}

/// What comes of a stream of bytes.
struct FrameOutcome: Equatable {
    var events: [FrameDecoder.Event] = []
    var fault: FrameFault?
    /// How many bytes were there when the fault was seen.
    var faultAt: Int?
}

extension FrameDecoder.Bounds {
    static let some = FrameDecoder.Bounds(messageBytes: 1000, fragments: 5, allowsBinary: true)
    static let textOnly = FrameDecoder.Bounds(messageBytes: 1000, fragments: 5, allowsBinary: false)
}

/// Gives a decoder one part after the other, and of each part again what it left.
func decode(_ parts: [some Collection<UInt8>], _ bounds: FrameDecoder.Bounds = .some) -> FrameOutcome {
    var decoder = FrameDecoder(bounds)
    var outcome = FrameOutcome()
    var count = 0
    for part in parts {
        count += part.count
        var rest = Array(part)[...]
        do {
            while !rest.isEmpty {
                let (taken, event) = try rest.withUnsafeBytes { try decoder.next(in: $0) }
                rest = rest.dropFirst(taken)
                if let event { outcome.events.append(event) }
            }
        } catch {
            outcome.fault = error as? FrameFault
            outcome.faultAt = count
            return outcome
        }
    }
    return outcome
}

/// The same, byte by byte.
func decodeSlowly(_ bytes: [UInt8], _ bounds: FrameDecoder.Bounds = .some) -> FrameOutcome {
    decode(bytes.map { [$0] }, bounds)
}

/// A decoder that was written to be read: it looks at everything that has come, from the beginning.
struct PlainFrameDecoder {
    let bounds: FrameDecoder.Bounds
    private var events: [FrameDecoder.Event] = []
    private var message: (isText: Bool, payload: [UInt8], fragments: Int)?

    init(_ bounds: FrameDecoder.Bounds) { self.bounds = bounds }

    static func decode(_ bytes: [UInt8], _ bounds: FrameDecoder.Bounds) -> FrameOutcome {
        var decoder = PlainFrameDecoder(bounds)
        var rest = bytes[...]
        do {
            while try decoder.takeFrame(&rest) {}
            return FrameOutcome(events: decoder.events)
        } catch {
            return FrameOutcome(events: decoder.events, fault: error)
        }
    }

    /// - Returns: false when no more can be done with what is there.
    private mutating func takeFrame(_ bytes: inout ArraySlice<UInt8>) throws(FrameFault) -> Bool {
        guard let first = bytes.first else { return false }
        if first & 0b0111_0000 != 0 { throw .reservedBit }
        let (isFinal, opcode) = (first >= 0x80, first & 0x0f)
        guard [0, 1, 2, 8, 9, 10].contains(opcode) else { throw .reservedOpcode }
        if opcode >= 8 {
            if !isFinal { throw .controlInPieces }
        } else if opcode == 0 {
            if message == nil { throw .nothingToContinue }
        } else {
            if message != nil { throw .messageNotFinished }
            if opcode == 2, !bounds.allowsBinary { throw .binary }
            message = (opcode == 1, [], 0)
        }
        if opcode < 8 {
            message?.fragments += 1
            if (message?.fragments ?? 0) > bounds.fragments { throw .tooManyFragments }
        }

        guard bytes.count >= 2 else { return false }
        let second = bytes[bytes.startIndex + 1]
        if second < 0x80 { throw .notMasked }
        let short = Int(second) - 0x80
        if opcode >= 8, short > 125 { throw .controlTooLong }
        let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
        let digits = bytes.dropFirst(2).prefix(lengthBytes)
        if lengthBytes == 8, let top = digits.first, top >= 0x80 { throw .lengthTooLong }
        guard digits.count == lengthBytes else { return false }
        let length = lengthBytes == 0 ? short : digits.reduce(0) { $0 * 256 + Int($1) }
        if lengthBytes == 2, length < 126 { throw .lengthNotMinimal }
        if lengthBytes == 8, length < 65_536 { throw .lengthNotMinimal }
        if opcode < 8, length > bounds.messageBytes - (message?.payload.count ?? 0) { throw .messageTooBig }

        let key = Array(bytes.dropFirst(2 + lengthBytes).prefix(4))
        guard key.count == 4 else { return false }
        let masked = bytes.dropFirst(6 + lengthBytes).prefix(length)
        let payload = masked.enumerated().map { $0.element ^ key[$0.offset % 4] }
        if opcode < 8 {
            message?.payload += payload
            if let message, message.isText, !Self.canBegin(message.payload) { throw .notUTF8 }
        }
        guard payload.count == length else { return false }
        bytes = bytes.dropFirst(6 + lengthBytes + length)
        try endFrame(opcode, isFinal, payload)
        return opcode != 8
    }

    private mutating func endFrame(_ opcode: UInt8, _ isFinal: Bool, _ payload: [UInt8]) throws(FrameFault) {
        switch opcode {
        case 8: events.append(.close(try CloseRequest(payload)))
        case 9: events.append(.ping(payload))
        case 10: events.append(.pong)
        default:
            guard isFinal, let message else { return }
            if message.isText, String(validating: message.payload, as: UTF8.self) == nil { throw .notUTF8 }
            events.append(message.isText ? .text(message.payload) : .binary(message.payload))
            self.message = nil
        }
    }

    /// Whether these bytes are UTF-8 or can become it.
    static func canBegin(_ bytes: [UInt8]) -> Bool {
        let endings: [[UInt8]] = [
            [], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xa0, 0x80], [0x90, 0x80, 0x80],
        ]
        return endings.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
    }
}
