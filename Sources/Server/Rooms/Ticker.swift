internal import NIOCore
internal import SessionStore

/// The ticking rooms of a shard, spread over the phases of a tick so that their states do not leave in one burst. The
/// shard keeps one timer for all of them.
struct Ticker {
    static let phases = 8
    /// How often a room is looked at. Games that tick faster get several ticks a look.
    static let looksPerSecond = 60
    static let interval = TimeAmount.nanoseconds(1_000_000_000 / Int64(looksPerSecond * phases))

    private var rooms: [[LiveRoom]] = Array(repeating: [], count: phases)
    private var phase = 0
    private(set) var count = 0
    private(set) var isRunning = false
    private var isStopped = false
    private(set) var next = NIODeadline.uptimeNanoseconds(0)

    /// - Returns: whether the timer must be started.
    mutating func add(_ room: LiveRoom, at now: NIODeadline) -> Bool {
        guard room.nextTick == nil, !isStopped else { return false }
        room.nextTick = now
        let emptiest = rooms.indices.min { rooms[$0].count < rooms[$1].count } ?? 0
        rooms[emptiest].append(room)
        count += 1
        guard !isRunning else { return false }
        isRunning = true
        next = now + Self.interval
        return true
    }

    mutating func remove(_ room: LiveRoom) {
        guard room.nextTick != nil else { return }
        room.nextTick = nil
        for phase in rooms.indices { rooms[phase].removeAll { $0 === room } }
        count -= 1
    }

    /// The rooms whose turn it is now.
    mutating func turn(at now: NIODeadline) -> [LiveRoom] {
        phase = (phase + 1) % Self.phases
        next = next + Self.interval
        // After a stall the ticks that were missed are made up by the rooms, not by the timer.
        if next < now { next = now + Self.interval }
        return rooms[phase]
    }

    /// - Returns: whether the timer goes on.
    mutating func mayRest() -> Bool {
        isRunning = count > 0 && !isStopped
        return !isRunning
    }

    mutating func stop() {
        isStopped = true
        for phase in rooms { for room in phase { remove(room) } }
    }
}
