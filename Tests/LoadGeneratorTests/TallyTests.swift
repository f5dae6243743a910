import Histogram
import NIOCore
import Testing

@testable import LoadGenerator

@Suite struct TallyTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test func `only what belongs to the measured time counts`() {
        var tally = Tally()
        tally.delivered(at: Self.start)
        tally.window = Self.start..<(Self.start + .seconds(1))
        // Each takes a millisecond longer, so that it shows which of them count.
        let times: [TimeAmount] = [.milliseconds(-1), .zero, .milliseconds(999), .seconds(1)]
        for (number, time) in times.enumerated() {
            tally.delivered(at: Self.start + time)
            tally.answered(due: Self.start + time, at: Self.start + time + .milliseconds(5 + Int64(number)))
        }
        #expect(tally.deliveries == 2)
        #expect(tally.latencies.totalCount == 2)
        #expect(6_900_000...7_100_000 ~= tally.latencies.max)
    }

    @Test func `a latency counts from when the send was due, though it went out late`() {
        var tally = Tally()
        tally.window = Self.start..<(Self.start + .seconds(1))
        let now = Self.start + .milliseconds(300)
        tally.cameTo(Self.start, at: now)
        tally.cameTo(now - .milliseconds(10), at: now)
        tally.answered(due: Self.start, at: now + .milliseconds(1))
        #expect(tally.late == 1)
        #expect(abs(Int(tally.latencies.max) - 301_000_000) < 301_000)
    }

    @Test func `what the generator comes to late is counted`() {
        var load = Load(connections: 1, now: Self.start)
        load.tally.window = Self.start..<(Self.start + .seconds(1))
        var schedule = Schedule(from: Self.start, perSecond: 100)
        load.now = Self.start + .milliseconds(35)
        while load.next(of: &schedule) != nil {}
        #expect(schedule.taken == 4)
        #expect(load.tally.late == 3)
    }

    @Test func `a thousand kinds of faults are not all kept`() {
        var tally = Tally()
        for number in 0..<1000 { tally.fault("fault \(number)") }
        tally.fault("fault 0")
        #expect(tally.faults.count == LoadLimits.faultKinds)
        #expect(tally.faults["fault 0"] == 2)
    }
}
