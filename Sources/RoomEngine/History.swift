/// The newest numbered events of a room, for whoever was away for a while.
@usableFromInline
struct History: Codable, Equatable, Sendable {
    /// How many events were ever told; the number of the newest one.
    @usableFromInline private(set) var seq: UInt64 = 0
    private var events: [NumberedEvent] = []

    @usableFromInline
    mutating func add(_ event: RoomEvent, at now: Duration, limit: Int) -> NumberedEvent {
        seq += 1
        let numbered = NumberedEvent(seq: seq, at: now, event: event)
        events.append(numbered)
        if events.count > limit { events.removeFirst(events.count - limit) }
        return numbered
    }

    /// The same events, of nobody in particular.
    var withoutIdentities: Self {
        var history = self
        history.events = events.map { NumberedEvent(seq: $0.seq, at: $0.at, event: $0.event.withoutIdentity) }
        return history
    }

    /// The kept events after `seq` that are no older than `age`.
    func events(after seq: UInt64, age: Duration, now: Duration) -> ArraySlice<NumberedEvent> {
        let first = events.firstIndex { $0.seq > seq && now - $0.at <= age } ?? events.endIndex
        return events[first...]
    }
}
