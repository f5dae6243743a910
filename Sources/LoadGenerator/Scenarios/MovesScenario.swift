internal import NIOCore

/// Rooms of tic-tac-toe whose two players move in turn: from a move that is due to its result.
struct MovesScenario: Scenario {
    static let name = "moves"

    let messagesPerSecond: Double
    private let checksDurability: Bool
    private var table: TurnRooms
    /// Rooms whose last state is still waited for; nil before they are asked.
    private var unchecked: Set<Int>?

    /// Each player makes half of the moves, and of each game's seven moves comes a rematch.
    private static let messagesPerMove = 0.5 + 1.0 / 7

    init(rooms: Int, perSecond: Double, checksDurability: Bool) throws(LoadRefusal) {
        try LoadRefusal.check("--rooms", rooms, in: 1...(LoadLimits.connections.upperBound / 2))
        try LoadRefusal.check("--rate", perSecond, in: LoadLimits.perSecond)
        try LoadRefusal.check(
            "rooms", rooms, sharing: perSecond * Self.messagesPerMove, of: "messages",
            atMost: LoadLimits.messagesPerSecondOfConnection)
        messagesPerSecond = perSecond
        self.checksDurability = checksDurability
        table = TurnRooms(
            .ticTacToe, seating: Seating("tictactoe", rooms: rooms, players: 2), perSecond: perSecond)
    }

    var connections: Int { table.seating.connections }
    var parameters: [String: Parameter] {
        [
            "rooms": .int(connections / 2), "rate": .number(messagesPerSecond),
            "checkDurable": .flag(checksDurability),
        ]
    }

    var isReady: Bool { table.isReady }

    mutating func welcomed(_ client: Int, _ load: inout Load) { table.welcomed(client, &load) }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        if table.heard(message, by: client, answering: due, &load), let due {
            load.answered(due: due)
            load.delivered()
        }
        if unchecked != nil, message.kind == .state { check(message, of: table.seating.room(of: client), &load) }
    }

    mutating func begin(_ load: inout Load) { table.begin(&load) }
    mutating func act(_ load: inout Load) -> NIODeadline? { table.act(&load) }
    mutating func stop() { table.stop() }

    mutating func settles(_ load: inout Load) -> Bool {
        guard table.settles(load) else { return false }
        if checksDurability, unchecked == nil { askForStates(&load) }
        return unchecked?.isEmpty ?? true
    }

    mutating func finish(_ load: inout Load) {
        table.finish(&load)
        if let unchecked, !unchecked.isEmpty {
            load.tally.fault("rooms whose last state did not come", count: unchecked.count)
        }
    }

    // MARK: What was acknowledged must be there

    /// Once all moves have their results, every room must have come at least so far.
    private mutating func askForStates(_ load: inout Load) {
        unchecked = Set(table.rooms.indices)
        for room in table.rooms { load.say(room.players[0], #"{"type":"resync"}"#) }
    }

    private mutating func check(_ message: Message, of room: Int, _ load: inout Load) {
        unchecked?.remove(room)
        if message.version ?? 0 < table.rooms[room].acknowledged {
            load.tally.fault("a room older than a move that was acknowledged")
        }
    }
}
