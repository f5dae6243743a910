import RoomEngine
import Testing

@testable import ParlorServer

@Suite struct TapeTests {
    private var tape = Tape()
    private static let period = Duration.milliseconds(20)

    private mutating func tick(_ numbers: ClosedRange<Int>) {
        for number in numbers { tape.ticked(at: Self.period * number, every: Self.period) }
    }

    @Test mutating func `ticks with nothing between them cost nothing, however many`() {
        tick(1...100_000)
        #expect(tape.take().isEmpty)
        #expect(tape.ticks?.count == 100_000)
        tick(100_001...100_002)
        #expect(
            tape.takeAll(fingerprint: 255).map(text) == [
                #"{"at":[0,20000000000000000],"input":{"ticked":{}},"more":100001,"every":[0,20000000000000000],"hash":"ff"}"#
            ])
        #expect(tape.ticks == nil)
    }

    @Test mutating func `an input ends the run before it`() {
        tick(1...3)
        tape.add(bytes("moved"))
        tick(4...4)
        #expect(
            tape.take().map { text($0).prefix(59) } == [
                #"{"at":[0,20000000000000000],"input":{"ticked":{}},"more":2,"#, "moved",
            ])
        #expect(tape.ticks == TickRun(start: .milliseconds(80), every: Self.period))
    }

    @Test mutating func `a tick that came late begins a new run`() {
        tick(1...2)
        tick(7...8)
        let entries = tape.takeAll(fingerprint: nil).map(text)
        #expect(entries.count == 2)
        #expect(entries.allSatisfy { $0.contains(#""more":1,"#) && !$0.contains("hash") })
    }

    @Test func `it goes on where a stored room was`() {
        var before = Tape()
        before.ticked(at: .seconds(1), every: Self.period)
        var tape = Tape(ticks: before.ticks)
        tape.ticked(at: .milliseconds(1020), every: Self.period)
        #expect(tape.ticks?.count == 2)
        #expect(tape.takeAll(fingerprint: nil).count == 1)
        #expect(tape.takeAll(fingerprint: nil).isEmpty)
    }
}
