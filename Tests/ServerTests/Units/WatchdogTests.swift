import Testing

@testable import ParlorServer

@Suite struct WatchdogTests {
    /// What a watchdog does that sees these numbers, look by look, and at which looks.
    private static func acts(on sequences: some Sequence<UInt64>) -> [Int: Patience.Action] {
        var patience = Patience()
        var acts: [Int: Patience.Action] = [:]
        for (look, sequence) in sequences.enumerated() {
            let action = patience.looked(sequence)
            if action != .wait { acts[look] = action }
        }
        return acts
    }

    @Test func `a game that does not return is reported once, then ended, then killed`() {
        #expect(Self.acts(on: repeatElement(7, count: 1000)) == [10: .report, 50: .end, 250: .kill])
    }

    @Test func `a shard that rests for long is let rest`() {
        #expect(Self.acts(on: repeatElement(8, count: 1000)).isEmpty)
    }

    @Test func `a shard that is busy all the time with one call after the other is well`() {
        #expect(Self.acts(on: stride(from: 1, to: 2001, by: 2)).isEmpty)
    }

    @Test func `a call that returns at the last moment has its whole time again next time`() {
        let calls = [repeatElement(UInt64(1), count: 50), repeatElement(3, count: 50)].joined()
        #expect(Self.acts(on: calls) == [10: .report, 60: .report])
    }

    @Test func `a call is told from the same one of a moment before by the rest between`() {
        let calls = (0..<200).map { look in UInt64(look % 9 == 0 ? 2 : 1) }
        #expect(Self.acts(on: calls).isEmpty)
    }
}
