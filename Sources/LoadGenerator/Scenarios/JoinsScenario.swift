internal import NIOCore

/// Quick joins, each followed by leaving, beside as many rooms as wait for players: from a join that is due to its result.
struct JoinsScenario: Scenario {
    static let name = "joins"

    private struct Guest {
        var isAway = true
        /// When the joins were due that have not been made yet.
        var owed: [NIODeadline] = []
        /// When the one under way was.
        var due = NIODeadline.uptimeNanoseconds(0)
    }

    /// nil: each as soon as the one before has been answered.
    private let perSecond: Double?
    private var guests: [Guest]
    private var openRooms: OpenRooms
    private let openRoomCount: Int
    private var welcomed = 0
    private var schedule: Schedule?
    private var hasStopped = false

    /// A join and the leaving that follows, weighed by the work they make.
    private static let costOfVisit = 5.0

    init(connections: Int, perSecond: Double, openRooms: Int) throws(LoadRefusal) {
        try LoadRefusal.check("--open-rooms", openRooms, in: LoadLimits.openRooms)
        let makers = OpenRooms.clients(for: openRooms)
        try LoadRefusal.check("--connections", connections, in: 1...(LoadLimits.connections.upperBound - makers))
        if perSecond != 0 {
            try LoadRefusal.check("--rate", perSecond, in: LoadLimits.perSecond)
            try LoadRefusal.check(
                "connections", connections, sharing: perSecond, of: "quick joins",
                atMost: LoadLimits.messagesPerSecondOfConnection / Self.costOfVisit)
        }
        self.perSecond = perSecond == 0 ? nil : perSecond
        guests = Array(repeating: Guest(), count: connections)
        openRoomCount = max(openRooms, OpenRooms.least(for: connections))
        self.openRooms = OpenRooms(openRoomCount, from: connections)
    }

    var connections: Int { guests.count + OpenRooms.clients(for: openRoomCount) }
    var messagesPerSecond: Double { perSecond.map { $0 * 2 } ?? .infinity }
    var parameters: [String: Parameter] {
        [
            "connections": .int(guests.count), "rate": .number(perSecond ?? 0), "openRooms": .int(openRoomCount),
        ]
    }

    var isReady: Bool { welcomed == connections && openRooms.isComplete }

    var opensPerSecond: Double { LoadLimits.roomMakersPerSecond }

    /// Guests come from an address each, of which a server takes only so many joins.
    func source(of client: Int) -> Int {
        openRooms.contains(client) ? guests.count + openRooms.source(of: client) : client
    }

    mutating func welcomed(_ client: Int, _ load: inout Load) {
        welcomed += 1
        if openRooms.contains(client) { openRooms.welcomed(client, &load) }
    }

    mutating func begin(_ load: inout Load) {
        if let perSecond {
            schedule = Schedule(from: load.now, perSecond: perSecond)
        } else {
            for guest in guests.indices { join(guest, due: load.now, &load) }
        }
    }

    mutating func act(_ load: inout Load) -> NIODeadline? {
        guard !hasStopped, var schedule else { return nil }
        while let due = load.next(of: &schedule) {
            let guest = (schedule.taken - 1) % guests.count
            if guests[guest].isAway { join(guest, due: due, &load) } else { guests[guest].owed.append(due) }
        }
        self.schedule = schedule
        return schedule.next
    }

    private mutating func join(_ guest: Int, due: NIODeadline, _ load: inout Load) {
        guests[guest].isAway = false
        guests[guest].due = due
        Visit.begin(guest, due: due, &load)
    }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        guard guests.indices.contains(client) else { return openRooms.heard(message) }
        switch Visit.heard(message, by: client, &load) {
        case .other: break
        case .refused where perSecond == nil && message.errorCode?.isString("rate_limited") ?? false:
            // Whoever asks again at once is refused again.
            load.tally.fault("a guest who asked too often, and stopped")
        case .refused: goOn(client, &load)
        case .joined:
            load.answered(due: guests[client].due)
            load.delivered()
        case .left: goOn(client, &load)
        }
    }

    private mutating func goOn(_ guest: Int, _ load: inout Load) {
        guests[guest].isAway = true
        if !guests[guest].owed.isEmpty {
            join(guest, due: guests[guest].owed.removeFirst(), &load)
        } else if perSecond == nil, !hasStopped {
            join(guest, due: load.now, &load)
        }
    }

    mutating func stop() { hasStopped = true }

    mutating func finish(_ load: inout Load) {
        let owed = guests.reduce(0) { $0 + $1.owed.count }
        if owed > 0 { load.tally.fault("joins that were due and could not be made in time", count: owed) }
        if load.unanswered > 0 { load.tally.fault("requests that were never answered", count: load.unanswered) }
    }
}
