internal import NIOCore

/// Many rooms whose players move in turn, each room at its share of one schedule. Pure; what the scenarios of moves have
/// in common.
struct TurnRooms {
    private let perSecond: Double
    private(set) var seating: Seating
    private(set) var rooms: [TurnRoom]
    private var schedule: Schedule?
    private var hasStopped = false

    init(_ rules: TurnRoom.Rules, seating: Seating, perSecond: Double) {
        self.seating = seating
        self.perSecond = perSecond
        rooms = Array(repeating: TurnRoom(rules), count: seating.roomCount)
    }

    var isReady: Bool { seating.isComplete && rooms.allSatisfy(\.isPlaying) }

    mutating func welcomed(_ client: Int, _ load: inout Load) { seating.welcomed(client, &load) }

    /// - Returns: whether the message was the answer to a move that was made.
    mutating func heard(
        _ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load
    ) -> Bool {
        if message.kind == .joinResult, seating.heard(message, by: client, &load) {
            for room in rooms.indices { rooms[room].players = seating.players(of: room) }
        }
        guard seating.isPlayer(client) else { return false }
        return rooms[seating.room(of: client)].heard(message, answering: due, &load)
    }

    mutating func begin(_ load: inout Load) { schedule = Schedule(from: load.now, perSecond: perSecond) }

    mutating func act(_ load: inout Load) -> NIODeadline? {
        guard !hasStopped, var schedule else { return nil }
        while let due = load.next(of: &schedule) {
            rooms[(schedule.taken - 1) % rooms.count].moveIsDue(at: due, &load)
        }
        self.schedule = schedule
        return schedule.next
    }

    mutating func stop() { hasStopped = true }

    func settles(_ load: Load) -> Bool { load.unanswered == 0 && rooms.allSatisfy(\.isSettled) }

    func finish(_ load: inout Load) {
        let owed = rooms.reduce(0) { $0 + $1.owedCount }
        if owed > 0 { load.tally.fault("moves that were due and could not be made in time", count: owed) }
        if load.unanswered > 0 { load.tally.fault("requests that were never answered", count: load.unanswered) }
    }
}
