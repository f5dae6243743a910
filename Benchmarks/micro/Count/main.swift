// `instruction-count`: lists the workloads, a line each with the turns that are counted; `instruction-count NAME` makes
// the turns of one, for callgrind to count. Started by Benchmarks/micro/costs.py.

import Callgrind
import Workloads

#if canImport(Glibc)
    import Glibc
#endif

/// What is grown or filled at the first turns is no part of a turn's cost.
let warmUp = 50

if CommandLine.arguments.count == 1 {
    for workload in Workload.all { print("\(workload.name)\t\(workload.turns)\t\(workload.what)") }
    exit(0)
}
guard CommandLine.arguments.count == 2,
    let workload = Workload.all.first(where: { $0.name == CommandLine.arguments[1] })
else {
    print("usage: instruction-count [\(Workload.all.map(\.name).joined(separator: "|"))]")
    exit(64)
}
let turn = try workload.prepare(warmUp + workload.turns)
for _ in 0..<warmUp { turn() }
counting_begin()
for _ in 0..<workload.turns { turn() }
counting_end()
