internal import HeapModule
internal import NIOCore
internal import SessionStore

/// When a shard must look at which of its rooms. Pure; the shard keeps one timer for the earliest.
struct Alarm {
    private struct Entry: Comparable {
        let at: NIODeadline
        let room: RoomID

        static func < (a: Self, b: Self) -> Bool { a.at < b.at }
    }

    private var entries = Heap<Entry>()
    /// What the timer is set to, and the timer.
    private(set) var isSetTo: NIODeadline?
    private var timer: Scheduled<Void>?

    var earliest: NIODeadline? { entries.min?.at }

    mutating func add(_ room: RoomID, at: NIODeadline) { entries.insert(Entry(at: at, room: room)) }

    /// The next room whose time has come. It may have been looked at since: the room knows.
    mutating func next(until now: NIODeadline) -> (room: RoomID, at: NIODeadline)? {
        guard let first = entries.min, first.at <= now else { return nil }
        entries.removeMin()
        return (first.room, first.at)
    }

    mutating func set(_ at: NIODeadline?, timer: Scheduled<Void>?) {
        self.timer?.cancel()
        self.timer = timer
        isSetTo = at
    }
}
