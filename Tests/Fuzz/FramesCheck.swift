@testable import ParlorServer

/// A client's messages are the same however its bytes are cut up, and after a fault nothing is taken in.
enum FramesCheck {
    private typealias Event = FrameDecoder.Event

    static func check(_ input: [UInt8]) throws(FuzzTarget.Broken) {
        let whole = read([input[...]])
        let cut = Int(input.last ?? 0) % (input.count + 1)
        guard read([input[..<cut], input[cut...]]) == whole else {
            throw FuzzTarget.Broken("differs when cut at \(cut)")
        }
        guard read(input.indices.map { input[$0...$0] }) == whole else {
            throw FuzzTarget.Broken("differs byte by byte")
        }
        for case .text(let text) in whole.events where String(validating: text, as: UTF8.self) == nil {
            throw FuzzTarget.Broken("a text that is not UTF-8")
        }
    }

    private struct Reading: Equatable {
        var events: [Event] = []
        var fault: FrameFault?
    }

    private static func read(_ parts: [ArraySlice<UInt8>]) -> Reading {
        // Small bounds, so that inputs of a few bytes reach them.
        var decoder = FrameDecoder(.init(messageBytes: 300, fragments: 4, allowsBinary: true))
        var reading = Reading()
        for part in parts {
            do throws(FrameFault) {
                try read(Array(part), &decoder, into: &reading.events)
            } catch {
                reading.fault = error
                return reading
            }
        }
        return reading
    }

    private static func read(
        _ bytes: [UInt8], _ decoder: inout FrameDecoder, into events: inout [Event]
    ) throws(FrameFault) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let result = rest.withUnsafeBytes { bytes in
                Result { () throws(FrameFault) in try decoder.next(in: bytes) }
            }
            let (taken, event) = try result.get()
            if let event { events.append(event) }
            precondition(taken > 0, "a decoder that takes nothing goes on for ever")
            rest = rest.dropFirst(taken)
        }
    }
}
