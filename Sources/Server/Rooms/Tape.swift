internal import RoomEngine

/// What a room that does not store every input was told since its last snapshot, on its way to the archive. Pure.
struct Tape {
    private var entries: [[UInt8]] = []
    /// The newest ticks, as long as nothing came after them: while nobody does anything, there is nothing to archive.
    private(set) var ticks: TickRun?

    init() {}

    /// Goes on where a stored room was.
    init(ticks: TickRun?) { self.ticks = ticks }

    var count: Int { entries.count }

    mutating func ticked(at time: Duration, every period: Duration) {
        guard ticks?.goesOn(at: time) != true else { return }
        endTicks(fingerprint: nil)
        ticks = TickRun(start: time, every: period)
    }

    mutating func add(_ entry: [UInt8]) {
        endTicks(fingerprint: nil)
        entries.append(entry)
    }

    /// What can be archived now; ticks that may go on stay.
    mutating func take() -> [[UInt8]] {
        defer { entries = [] }
        return entries
    }

    /// All there is, up to a state with this fingerprint.
    mutating func takeAll(fingerprint: UInt64?) -> [[UInt8]] {
        endTicks(fingerprint: fingerprint)
        return take()
    }

    private mutating func endTicks(fingerprint: UInt64?) {
        if let entry = ticks?.logEntry(fingerprint: fingerprint) { entries.append(entry) }
        ticks = nil
    }
}
