internal import NIOCore

/// The smallest thing that a server can be asked: `ping`, by each connection in turn.
struct EchoScenario: Scenario {
    static let name = "echo"

    let connections: Int
    let messagesPerSecond: Double
    private var welcomed = 0
    private var schedule: Schedule?
    private var hasStopped = false

    init(connections: Int, perSecond: Double) throws(LoadRefusal) {
        try LoadRefusal.check("--connections", connections, in: LoadLimits.connections)
        try LoadRefusal.check("--rate", perSecond, in: LoadLimits.perSecond)
        try LoadRefusal.check(
            "connections", connections, sharing: perSecond, of: "messages",
            atMost: LoadLimits.messagesPerSecondOfConnection)
        self.connections = connections
        messagesPerSecond = perSecond
    }

    var parameters: [String: Parameter] {
        ["connections": .int(connections), "rate": .number(messagesPerSecond)]
    }

    var isReady: Bool { welcomed == connections }

    mutating func welcomed(_ client: Int, _ load: inout Load) { welcomed += 1 }

    mutating func begin(_ load: inout Load) { schedule = Schedule(from: load.now, perSecond: messagesPerSecond) }

    mutating func act(_ load: inout Load) -> NIODeadline? {
        guard !hasStopped, var schedule else { return nil }
        while let due = load.next(of: &schedule) {
            load.ask((schedule.taken - 1) % connections, due: due) { #"{"type":"ping","id":\#($0)}"# }
        }
        self.schedule = schedule
        return schedule.next
    }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        guard let due, message.kind == .pong else { return }
        load.answered(due: due)
        load.delivered()
    }

    mutating func stop() { hasStopped = true }
}
