internal import NIOCore

/// Two players of tic-tac-toe before a crowd that watches them: what the players notice of it.
struct CrowdScenario: Scenario {
    static let name = "crowd"

    let messagesPerSecond: Double
    private let spectators: Int
    private var table: TurnRooms

    init(spectators: Int, perSecond: Double) throws(LoadRefusal) {
        try LoadRefusal.check("--spectators", spectators, in: 0...(LoadLimits.connections.upperBound - 2))
        try LoadRefusal.check("--rate", perSecond, in: LoadLimits.perSecondOfPlayer)
        messagesPerSecond = perSecond
        self.spectators = spectators
        table = TurnRooms(
            .ticTacToe, seating: Seating("tictactoe", rooms: 1, players: 2), perSecond: perSecond)
    }

    var connections: Int { table.seating.connections }
    var connectionsInAll: Int { connections + spectators }
    var goesFirst: Bool { true }
    var parameters: [String: Parameter] {
        ["spectators": .int(spectators), "rate": .number(messagesPerSecond)]
    }

    var isReady: Bool { table.isReady }
    var companion: (any Scenario)? {
        guard spectators > 0, let room = table.seating.name(of: 0) else { return nil }
        return AudienceScenario(of: room, count: spectators)
    }

    mutating func welcomed(_ client: Int, _ load: inout Load) { table.welcomed(client, &load) }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        if table.heard(message, by: client, answering: due, &load), let due { load.answered(due: due) }
    }

    mutating func begin(_ load: inout Load) { table.begin(&load) }
    mutating func act(_ load: inout Load) -> NIODeadline? { table.act(&load) }
    mutating func stop() { table.stop() }
    mutating func settles(_ load: inout Load) -> Bool { table.settles(load) }
    mutating func finish(_ load: inout Load) { table.finish(&load) }
}

/// The crowd itself: what it hears is counted.
struct AudienceScenario: Scenario {
    static let name = "audience"

    let connections: Int
    private let room: String
    private var seated = 0

    init(of room: String, count: Int) {
        self.room = room
        connections = count
    }

    var messagesPerSecond: Double { 0 }
    var parameters: [String: Parameter] { [:] }
    var isReady: Bool { seated == connections }

    /// The first address is the players'.
    func source(of client: Int) -> Int { 1 + client / LoadLimits.connectionsPerAddress }

    mutating func welcomed(_ client: Int, _ load: inout Load) {
        load.ask(client) { #"{"type":"join_room","id":\#($0),"roomId":"\#(room)","data":{"as":"spectator"}}"# }
    }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        switch message.kind {
        case .joinResult where !message.isRefusal: seated += 1
        case .state: load.delivered()
        default: break
        }
    }

    mutating func begin(_ load: inout Load) {}
    mutating func act(_ load: inout Load) -> NIODeadline? { nil }
    mutating func stop() {}
}
