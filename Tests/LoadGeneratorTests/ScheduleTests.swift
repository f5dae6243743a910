import NIOCore
import Testing

@testable import LoadGenerator

@Suite struct ScheduleTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private static func dues(_ schedule: inout Schedule, at time: TimeAmount) -> [Int64] {
        var dues: [Int64] = []
        while let due = schedule.take(at: start + time) { dues.append((due - start).nanoseconds / 1_000_000) }
        return dues
    }

    @Test func `sends are due evenly, from the beginning on`() {
        var schedule = Schedule(from: Self.start, perSecond: 100)
        #expect(Self.dues(&schedule, at: .zero) == [0])
        #expect(Self.dues(&schedule, at: .milliseconds(9)) == [])
        #expect(Self.dues(&schedule, at: .milliseconds(10)) == [10])
        #expect(schedule.next == Self.start + .milliseconds(20))
    }

    @Test func `after a stall everything that was due is, since when it was`() {
        var schedule = Schedule(from: Self.start, perSecond: 100)
        #expect(Self.dues(&schedule, at: .milliseconds(45)) == [0, 10, 20, 30, 40])
    }

    @Test func `a burst is due at one moment, and the rate stays what it is`() {
        var schedule = Schedule(from: Self.start, perSecond: 100, burst: 4)
        #expect(Self.dues(&schedule, at: .zero) == [0, 0, 0, 0])
        #expect(Self.dues(&schedule, at: .milliseconds(39)) == [])
        #expect(Self.dues(&schedule, at: .milliseconds(40)) == [40, 40, 40, 40])
    }

    @Test func `a rate that no nanosecond divides does not drift`() {
        var schedule = Schedule(from: Self.start, perSecond: 3)
        #expect(Self.dues(&schedule, at: .seconds(3600)).count == 3 * 3600 + 1)
    }
}
