import Benchmark
import Workloads

/// Times every workload. Each sample is of as many turns as are counted elsewhere, so that the clock is no part of it.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.throughput, .wallClock], warmupIterations: 3, maxDuration: .seconds(2), maxIterations: 200)
    for workload in Workload.all {
        Benchmark(workload.name) { benchmark in
            let turn = try workload.prepare(workload.turns)
            benchmark.startMeasurement()
            for _ in 0..<workload.turns { turn() }
            benchmark.stopMeasurement()
        }
    }
}
