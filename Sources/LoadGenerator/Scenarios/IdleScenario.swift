internal import NIOCore

/// Connections that do nothing, alone or two to a room: what they cost.
struct IdleScenario: Scenario {
    static let name = "idle"

    let connections: Int
    private var seating: Seating?
    private var welcomed = 0

    init(connections: Int, isSeated: Bool) throws(LoadRefusal) {
        try LoadRefusal.check("--connections", connections, in: LoadLimits.connections)
        guard !isSeated || connections.isMultiple(of: 2) else {
            throw LoadRefusal(description: "--seated needs an even number of connections: two sit in each room")
        }
        self.connections = connections
        if isSeated { seating = Seating("tictactoe", rooms: connections / 2, players: 2) }
    }

    var messagesPerSecond: Double { 0 }
    var parameters: [String: Parameter] {
        ["connections": .int(connections), "seated": .flag(seating != nil)]
    }

    var isReady: Bool { welcomed == connections && seating?.isComplete ?? true }

    mutating func welcomed(_ client: Int, _ load: inout Load) {
        welcomed += 1
        seating?.welcomed(client, &load)
    }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        _ = seating?.heard(message, by: client, &load)
    }

    mutating func begin(_ load: inout Load) {}
    mutating func act(_ load: inout Load) -> NIODeadline? { nil }
    mutating func stop() {}
}
