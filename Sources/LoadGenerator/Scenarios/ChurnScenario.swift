internal import NIOCore

/// People who look in: connect, are welcomed, join, leave and close, so many a second.
struct ChurnScenario: Scenario {
    static let name = "churn"

    private struct Guest {
        var source = 0
        var due = NIODeadline.uptimeNanoseconds(0)
        var isClosing = false
    }

    private let perSecond: Double
    private var openRooms: OpenRooms
    private let openRoomCount: Int
    /// The first clients keep the rooms open, the others are places for guests.
    private let firstGuest: Int
    private var guests: [Guest]
    private var free: [Int]
    private var owed: [NIODeadline] = []
    private var visits = 0
    private var schedule: Schedule?
    private var hasStopped = false

    /// Joining and leaving.
    private static let messagesOfVisit = 2.0

    init(connections: Int, perSecond: Double) throws(LoadRefusal) {
        try LoadRefusal.check("--connections", connections, in: LoadLimits.guests)
        try LoadRefusal.check("--rate", perSecond, in: LoadLimits.churnPerSecond)
        self.perSecond = perSecond
        openRoomCount = OpenRooms.least(for: connections)
        openRooms = OpenRooms(openRoomCount, from: 0)
        firstGuest = OpenRooms.clients(for: openRoomCount)
        guests = Array(repeating: Guest(), count: connections)
        free = Array(0..<connections)
    }

    var connections: Int { firstGuest + guests.count }
    var firstConnections: Int { firstGuest }
    var messagesPerSecond: Double { perSecond * Self.messagesOfVisit }
    var parameters: [String: Parameter] { ["connections": .int(guests.count), "rate": .number(perSecond)] }

    var isReady: Bool { openRooms.isComplete }

    var opensPerSecond: Double { LoadLimits.roomMakersPerSecond }

    /// Guests come from so many addresses that none of them joins more often than a server lets it.
    func source(of client: Int) -> Int {
        if openRooms.contains(client) { return openRooms.source(of: client) }
        let sources = Int((perSecond / LoadLimits.joinsPerSecondOfAddress).rounded(.up))
        return OpenRooms.clients(for: openRoomCount) + guests[client - firstGuest].source % sources
    }

    mutating func welcomed(_ client: Int, _ load: inout Load) {
        guard client >= firstGuest else { return openRooms.welcomed(client, &load) }
        Visit.begin(client, due: nil, &load)
    }

    mutating func begin(_ load: inout Load) { schedule = Schedule(from: load.now, perSecond: perSecond) }

    mutating func act(_ load: inout Load) -> NIODeadline? {
        guard !hasStopped, var schedule else { return nil }
        while let due = load.next(of: &schedule) {
            owed.append(due)
            come(&load)
        }
        self.schedule = schedule
        return schedule.next
    }

    /// As soon as there is a place.
    private mutating func come(_ load: inout Load) {
        guard let due = owed.first, let guest = free.popLast() else { return }
        owed.removeFirst()
        visits += 1
        guests[guest] = Guest(source: visits, due: due)
        load.acts.append(.connect(firstGuest + guest))
    }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        guard client >= firstGuest else { return openRooms.heard(message) }
        let guest = client - firstGuest
        switch Visit.heard(message, by: client, &load) {
        case .other, .joined: break
        case .left, .refused:
            guests[guest].isClosing = true
            load.acts.append(.close(client))
        }
    }

    mutating func ended(_ client: Int, _ load: inout Load) -> Bool {
        guard client >= firstGuest else { return false }
        let guest = client - firstGuest
        let wasClosing = guests[guest].isClosing
        if wasClosing {
            load.answered(due: guests[guest].due)
            load.delivered()
        }
        free.append(guest)
        come(&load)
        return wasClosing
    }

    mutating func stop() { hasStopped = true }

    mutating func settles(_ load: inout Load) -> Bool { owed.isEmpty && free.count == guests.count }

    mutating func finish(_ load: inout Load) {
        let missing = owed.count + guests.count - free.count
        if missing > 0 { load.tally.fault("guests who did not come and go in time", count: missing) }
    }
}
