internal import Histogram
internal import NIOCore

/// What came of a load. Only what belongs to the measured time counts: a send by when it was due, everything else by when
/// it was.
struct Tally {
    struct Traffic: Codable, Equatable {
        var messages = 0
        var bytes = 0
    }

    /// The measured time; nil until the load begins.
    var window: Range<NIODeadline>?
    var sent = Traffic()
    var received = Traffic()
    var reads = 0
    var deliveries = 0
    private(set) var late = 0
    private(set) var refusals: [String: Int] = [:]
    private(set) var faults: [String: Int] = [:]
    /// Of nanoseconds, to three digits.
    private(set) var latencies = Histogram<UInt64>(
        highestTrackableValue: UInt64(LoadLimits.longestLatency.nanoseconds), numberOfSignificantValueDigits: .three)

    func isMeasured(_ time: NIODeadline) -> Bool { window?.contains(time) ?? false }

    /// Whoever has to send has come to it.
    mutating func cameTo(_ due: NIODeadline, at now: NIODeadline) {
        if isMeasured(due), now - due > LoadLimits.lateness { late += 1 }
    }

    mutating func delivered(at now: NIODeadline) {
        if isMeasured(now) { deliveries += 1 }
    }

    /// What was due then has its answer now.
    mutating func answered(due: NIODeadline, at now: NIODeadline) {
        guard isMeasured(due) else { return }
        let nanoseconds = min(max(0, (now - due).nanoseconds), LoadLimits.longestLatency.nanoseconds)
        latencies.record(UInt64(nanoseconds))
    }

    /// Counts at all times: whoever is refused before the load begins has no place in it.
    mutating func refused(_ code: String) { refusals[code, default: 0] += 1 }

    /// What others have counted at the same time.
    mutating func add(_ other: Tally) {
        sent.messages += other.sent.messages
        sent.bytes += other.sent.bytes
        received.messages += other.received.messages
        received.bytes += other.received.bytes
        reads += other.reads
        deliveries += other.deliveries
        late += other.late
        latencies.add(other.latencies)
        refusals.merge(other.refusals, uniquingKeysWith: +)
        for (description, count) in other.faults { fault(description, count: count) }
    }

    mutating func fault(_ description: String, count: Int = 1) {
        guard faults[description] != nil || faults.count < LoadLimits.faultKinds else { return }
        faults[description, default: 0] += count
    }
}
