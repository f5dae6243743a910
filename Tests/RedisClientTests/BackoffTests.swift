import NIOCore
import Testing

@testable import RedisClient

@Suite struct BackoffTests {
    @Test(
        arguments: [
            (1, 50), (2, 100), (3, 200), (4, 400), (5, 800), (6, 1600), (7, 2000), (8, 2000), (1000, 2000),
            (Int.max, 2000),
        ] as [(Int, Int64)]) func `a wait is anything up to twice the last one's most`(failures: Int, most: Int64)
    {
        for share in [0, 0.25, 0.5, 1] {
            let backoff = Backoff(random: { share })
            #expect(backoff.delay(after: failures) == .nanoseconds(Int64(Double(most) * 1_000_000 * share)))
        }
    }

    @Test func `many that lost the same server come back spread over the whole wait`() {
        let delays = (0..<10_000).map { _ in Backoff().delay(after: 7).nanoseconds }
        #expect(delays.allSatisfy { (0..<2_000_000_000).contains($0) })
        for tenth in 0..<10 as Range<Int64> {
            let share = delays.count { $0 / 200_000_000 == tenth }
            #expect(share > 800 && share < 1200, "a tenth has \(share)")
        }
    }
}
