import GameKitProtocol
import NIOCore
import Testing

@testable import ParlorServer

@Suite struct `Frames in parts` {
    private static let streams: [[ClientFrame]] = [
        [ClientFrame(0x81, "hello wörld € 😀, and more than eight bytes of ASCII")],
        [ClientFrame(0x81), ClientFrame(0x82), ClientFrame(0x89), ClientFrame(0x8a)],
        [
            ClientFrame(0x01, [0xf0]), ClientFrame(0x89, "x"), ClientFrame(0x00, [0x9f, 0x98]),
            ClientFrame(0x80, [0x80]),
        ],
        [ClientFrame(0x02, Array(0...255)), ClientFrame(0x00), ClientFrame(0x80, Array(repeating: 7, count: 130))],
        [ClientFrame(0x81, Array(repeating: 0x41, count: 126)), ClientFrame(0x81, "b"), ClientFrame(0x81, "c")],
        [ClientFrame(0x01, "cut short"), ClientFrame(0x88, [0x0f, 0xa1, 0x68, 0x69])],
    ]

    @Test func `it does not matter where a stream is cut`() {
        for stream in Self.streams.map({ $0.flatMap(\.bytes) }) {
            let whole = decode([stream])
            #expect(whole.fault == nil)
            #expect(!whole.events.isEmpty)
            let wrong = (0...stream.count).filter { decode([stream[..<$0], stream[$0...]]) != whole }
            #expect(wrong.isEmpty, "cut there in \(stream)")
            #expect(decodeSlowly(stream) == whole)
        }
    }

    @Test func `random streams come to the same as with a plain decoder, however they are cut`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = seeded(seed)
        var faults = Set<FrameFault>()
        var events = 0
        for _ in 0..<4000 {
            let bounds: FrameDecoder.Bounds = random.chance(4) ? .textOnly : .some
            var stream = randomFrames(&random).flatMap(\.bytes)
            if random.chance(2) { damage(&stream, &random) }
            let plain = PlainFrameDecoder.decode(stream, bounds)
            var outcome = decode(randomParts(of: stream, &random), bounds)
            outcome.faultAt = nil
            guard outcome == plain else {
                Issue.record("seed \(seed): \(stream) is \(outcome) and not \(plain)")
                return
            }
            if let fault = plain.fault { faults.insert(fault) }
            events += plain.events.count
        }
        #expect(faults == Set(FrameFault.allCases), "seed \(seed)")
        #expect(events > 4000, "seed \(seed)")
    }

    /// It takes seconds; looking at what has come already, or moving it, for each part takes minutes.
    @Test(.timeLimit(.minutes(1))) func `a message in a quarter of a million parts is taken in as it comes`() throws {
        let count = 8 << 20
        let bytes = ClientFrame(0x81, Array(repeating: 0x20, count: count)).bytes
        var decoder = FrameDecoder(.init(messageBytes: count, fragments: 1, allowsBinary: false))
        var last: FrameDecoder.Event?
        try bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 32) {
                let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 32, bytes.count)])
                last = try decoder.next(in: part).event
            }
        }
        guard case .text(let text) = last else {
            Issue.record("no message")
            return
        }
        #expect(text.count == count)
    }

    @Test func `whoever stops after a message finds the rest later`() throws {
        let stream = Self.streams.dropLast().flatMap { $0.flatMap(\.bytes) }
        var reader = FrameReader(.some)
        var events: [FrameDecoder.Event] = []
        // One event for each three bytes that come: what is not taken piles up.
        for start in stride(from: 0, to: stream.count, by: 3) {
            reader.append(ByteBuffer(bytes: stream[start..<min(start + 3, stream.count)]))
            if let event = try reader.next() { events.append(event) }
        }
        while let event = try reader.next() { events.append(event) }
        #expect(events == decode([stream]).events)
    }

    @Test func `a reader that met a fault has nothing more to give`() throws {
        var reader = FrameReader(.some)
        reader.append(ByteBuffer(bytes: ClientFrame(0x81, "a").bytes + [0xff] + ClientFrame(0x81, "b").bytes))
        #expect(try reader.next() == .text([UInt8(ascii: "a")]))
        #expect(throws: FrameFault.reservedBit) { try reader.next() }
        reader.append(ByteBuffer(bytes: ClientFrame(0x81, "c").bytes))
        #expect(try reader.next() == nil)
    }

    // MARK: Chance

    private func randomFrames(_ random: inout SeededRandom) -> [ClientFrame] {
        var frames: [ClientFrame] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let pieces = random.chance(2) ? 1 : Int.random(in: 2...6, using: &random)
            let isText = !random.chance(3)
            for piece in 0..<pieces {
                if random.chance(4) { frames.append(randomControl(&random)) }
                let opcode: UInt8 = piece > 0 ? 0x0 : isText ? 0x1 : 0x2
                let final: UInt8 = piece == pieces - 1 ? 0x80 : 0
                let payload = isText ? randomText(&random) : randomBytes(upTo: 150, &random)
                frames.append(masked(ClientFrame(final | opcode, payload), &random))
            }
        }
        if random.chance(4) { frames.append(ClientFrame(0x88, random.chance(2) ? [] : [0x03, 0xe8])) }
        return frames
    }

    private func randomControl(_ random: inout SeededRandom) -> ClientFrame {
        masked(ClientFrame(random.chance(2) ? 0x89 : 0x8a, randomBytes(upTo: 125, &random)), &random)
    }

    private func masked(_ frame: ClientFrame, _ random: inout SeededRandom) -> ClientFrame {
        var frame = frame
        frame.key = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
        if random.chance(50) { frame.key = nil }
        if random.chance(50) { frame.form = random.chance(2) ? .two : .eight }
        return frame
    }

    private func randomText(_ random: inout SeededRandom) -> [UInt8] {
        let letters = ["a", "Z", " ", "{\"type\":\"ping\"}", "é", "€", "한", "😀", "\u{10ffff}", "\u{7ff}", "\u{ffff}"]
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            text += Array((letters.randomElement(using: &random) ?? "").utf8)
        }
        if random.chance(30) { text += Array(repeating: 0x20, count: Int.random(in: 0...900, using: &random)) }
        if random.chance(10) { text = Array(text.dropLast()) }
        return text
    }

    private func randomBytes(upTo most: Int, _ random: inout SeededRandom) -> [UInt8] {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private func damage(_ stream: inout [UInt8], _ random: inout SeededRandom) {
        let place = Int.random(in: 0..<stream.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: stream[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: stream.removeLast(stream.count - place)
        case 2: stream += illegalFrames.randomElement(using: &random)?.bytes ?? []
        default: stream.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
    }

    private func randomParts(of stream: [UInt8], _ random: inout SeededRandom) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var rest = stream[...]
        let most = [1, 3, 20, 2000].randomElement(using: &random) ?? 1
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...most, using: &random))
            parts.append(Array(part))
            rest = rest.dropFirst(part.count)
        }
        return parts
    }
}
