import Foundation
import Testing

/// Seeds are what `PARLOR_SIMULATION_SEEDS` says ("7" or "1...200"); `make simulate` sets it. They give the same run in
/// every process only with `SWIFT_DETERMINISTIC_HASHING`, without which these tests are skipped.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] != nil))
struct SimulationTests {
    static let seeds: ClosedRange<UInt64> = {
        let text = ProcessInfo.processInfo.environment["PARLOR_SIMULATION_SEEDS"] ?? "1...20"
        let bounds = text.components(separatedBy: "...").compactMap { UInt64($0) }
        guard let first = bounds.first, let last = bounds.last, first <= last else { return 1...20 }
        return first...last
    }()

    @Test(arguments: seeds) func `every promise is kept, and the same seed gives the same run`(_ seed: UInt64) {
        let first = Simulation(seed: seed).run()
        let again = Simulation(seed: seed).run()
        #expect(first == again, "two runs differ: make simulate SEED=\(seed)")
        #expect(first.faults == [], "make simulate SEED=\(seed)")
        #expect(first.moves > 20, "nobody played")
    }
}
