internal import Foundation

/// `power-cuts [CUTS] [SEED]`: so many cuts of each kind, and what they cost. Ends with 1 when the promise was broken, or
/// when the trials could not have seen that it was.
@main
enum Main {
    static func main() async {
        do {
            let numbers = CommandLine.arguments.dropFirst().map { UInt64($0) }
            guard numbers.count <= 2, let cuts = numbers.first ?? 500, cuts > 0,
                let seed = numbers.dropFirst().first ?? 1
            else { throw Failure("usage: power-cuts [CUTS] [SEED]") }
            try PowerCut.install()
            guard try await run(cuts: Int(cuts), seed: seed) else { exit(1) }
        } catch {
            print("power cuts: \(error)")
            exit(1)
        }
    }

    private static func run(cuts: Int, seed: UInt64) async throws -> Bool {
        var table = [Sums.head]
        var faults: [String] = []
        for kind in Kind.allCases {
            let sums = try await run(kind, cuts: kind.share(of: cuts), seed: seed)
            table.append(sums.row(kind))
            if let fault = kind.fault(in: sums) { faults.append("\(kind.rawValue): \(fault)") }
        }
        print(table.joined(separator: "\n"))
        for fault in faults { print("FAILED: \(fault)") }
        return faults.isEmpty
    }

    private static func run(_ kind: Kind, cuts: Int, seed: UInt64) async throws -> Sums {
        var sums = Sums()
        var life = seed
        while sums.cuts < cuts {
            let done: [Life.Cut]
            do { done = try await Life(kind: kind, seed: life).live(cuts: min(Life.cuts, cuts - sums.cuts)) } catch {
                throw Failure("\(kind.rawValue), seed \(life): \(error); kept: \(Life.place(kind, life))")
            }
            for (index, cut) in done.enumerated() {
                sums.add(cut)
                guard !kind.accepts(cut) else { continue }
                print("\(kind.rawValue), seed \(life), cut \(index + 1): \(cut.fault ?? "lost \(cut.lost) commits")")
                print("  again: make power-cuts CUTS=\(Life.cuts) SEED=\(life)")
                print("  kept: \(Life.place(kind, life))")
            }
            life += 1
        }
        return sums
    }
}
