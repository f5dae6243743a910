internal import NIOCore

/// Two players of tic-tac-toe, and a crowd that watches them: what the players notice of it.
struct CrowdScenario: Scenario {
    static let name = "crowd"

    let messagesPerSecond: Double
    private var table: TurnRooms

    init(spectators: Int, perSecond: Double) throws(LoadRefusal) {
        try LoadRefusal.check("--spectators", spectators, in: 0...(LoadLimits.connections.upperBound - 2))
        try LoadRefusal.check("--rate", perSecond, in: LoadLimits.perSecondOfPlayer)
        messagesPerSecond = perSecond
        let seating = Seating("tictactoe", rooms: 1, players: 2, spectators: spectators)
        table = TurnRooms(.ticTacToe, seating: seating, perSecond: perSecond)
    }

    var connections: Int { table.seating.connections }
    var parameters: [String: Parameter] {
        ["spectators": .int(connections - 2), "rate": .number(messagesPerSecond)]
    }

    var isReady: Bool { table.isReady }

    mutating func welcomed(_ client: Int, _ load: inout Load) { table.welcomed(client, &load) }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        if message.kind == .state, !table.seating.isPlayer(client) { load.delivered() }
        if table.heard(message, by: client, answering: due, &load), let due { load.answered(due: due) }
    }

    mutating func begin(_ load: inout Load) { table.begin(&load) }
    mutating func act(_ load: inout Load) -> NIODeadline? { table.act(&load) }
    mutating func stop() { table.stop() }
    mutating func settles(_ load: inout Load) -> Bool { table.settles(load) }
    mutating func finish(_ load: inout Load) { table.finish(&load) }
}
