import NIOCore
import Testing

@testable import ParlorServer

@Suite struct LoopLagTests {
    private var lag = LoopLag()

    private mutating func run(late: TimeAmount) -> LoopLag.Change? { lag.ran(due: .start, at: .start + late) }

    @Test mutating func `one long step is no overload`() {
        #expect(run(late: .milliseconds(1900)) == nil)
        #expect(!lag.isOverloaded)
    }

    @Test mutating func `staying late is one, said once`() {
        let changes = (0..<30).map { _ in run(late: .milliseconds(400)) }
        #expect(changes.compactMap(\.self) == [.overloaded])
        #expect(changes.firstIndex(of: .overloaded) ?? 0 > 5)
        #expect(lag.isOverloaded)
    }

    @Test mutating func `just in time never is one`() {
        for _ in 0..<1000 { #expect(run(late: .milliseconds(250)) == nil) }
        #expect(lag.lag <= .milliseconds(250))
    }

    @Test mutating func `it is over when the lag is half of that`() {
        for _ in 0..<50 { _ = run(late: .milliseconds(300)) }
        for _ in 0..<100 { #expect(run(late: .milliseconds(200)) == nil) }
        #expect(lag.isOverloaded)
        #expect((0..<30).compactMap { _ in run(late: .zero) } == [.recovered])
        #expect(!lag.isOverloaded)
    }

    @Test mutating func `a task that ran early is not late`() {
        #expect(run(late: .milliseconds(-5)) == nil)
        #expect(lag.lag == .zero)
    }
}
