import DequeModule
import HeapModule
import NIOCore

/// Virtual time: everything that will happen, in order. What happens at one moment happens in the order in which it was
/// put here, so a run depends on its seed alone.
final class Agenda {
    private struct Entry: Comparable {
        let at: NIODeadline
        let number: Int
        let body: () -> Void

        static func < (a: Self, b: Self) -> Bool { (a.at, a.number) < (b.at, b.number) }
        static func == (a: Self, b: Self) -> Bool { a.number == b.number }
    }

    private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private var entries = Heap<Entry>()
    private(set) var count = 0

    func add(at time: NIODeadline, _ body: @escaping () -> Void) {
        count += 1
        entries.insert(Entry(at: max(time, now), number: count, body: body))
    }

    func add(in delay: TimeAmount, _ body: @escaping () -> Void) { add(at: now + delay, body) }

    func run(until end: NIODeadline) {
        while let next = entries.min, next.at <= end {
            entries.removeMin()
            now = next.at
            next.body()
        }
        now = end
    }
}

/// The chance of one run: SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
final class Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    func once(in count: Int) -> Bool { below(count) == 0 }
    func micros(_ range: ClosedRange<Int>) -> TimeAmount {
        .microseconds(Int64(range.lowerBound + below(range.count)))
    }
    func millis(_ range: ClosedRange<Int>) -> TimeAmount { micros(range.lowerBound * 1000...range.upperBound * 1000) }
}
