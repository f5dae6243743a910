internal import NIOCore

/// Rooms of Pig whose players move in turn, as often in all as if each moved at a steady rate: everybody hears of every
/// move.
struct RoomsScenario: Scenario {
    static let name = "rooms"

    /// Nobody wins for minutes, so that there is no rematch in a measurement.
    private static let target = 1000

    let messagesPerSecond: Double
    private let playersPerRoom: Int
    private let perSecondOfPlayer: Double
    private var table: TurnRooms

    init(rooms: Int, players: Int, perSecondOfPlayer: Double) throws(LoadRefusal) {
        try LoadRefusal.check("--players", players, in: LoadLimits.dicePlayers)
        try LoadRefusal.check("--rooms", rooms, in: 1...(LoadLimits.connections.upperBound / players))
        try LoadRefusal.check("--rate-per-player", perSecondOfPlayer, in: LoadLimits.perSecondOfPlayer)
        playersPerRoom = players
        self.perSecondOfPlayer = perSecondOfPlayer
        messagesPerSecond = Double(rooms * players) * perSecondOfPlayer
        let options = #"{"seats":\#(players),"target":\#(Self.target)}"#
        table = TurnRooms(
            .dice, seating: Seating("dice", rooms: rooms, players: players, options: options),
            perSecond: messagesPerSecond)
    }

    var connections: Int { table.seating.connections }
    var parameters: [String: Parameter] {
        [
            "rooms": .int(table.rooms.count), "players": .int(playersPerRoom),
            "ratePerPlayer": .number(perSecondOfPlayer),
        ]
    }

    var isReady: Bool { table.isReady }

    mutating func welcomed(_ client: Int, _ load: inout Load) { table.welcomed(client, &load) }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        load.delivered()
        if table.heard(message, by: client, answering: due, &load), let due { load.answered(due: due) }
    }

    mutating func begin(_ load: inout Load) { table.begin(&load) }
    mutating func act(_ load: inout Load) -> NIODeadline? { table.act(&load) }
    mutating func stop() { table.stop() }
    mutating func settles(_ load: inout Load) -> Bool { table.settles(load) }
    mutating func finish(_ load: inout Load) { table.finish(&load) }
}
