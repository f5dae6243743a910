internal import NIOCore

/// Rooms of two Pong players who change their direction now and then, or never, and must get their states all the time.
struct PongScenario: Scenario {
    static let name = "pong"

    /// What the protocol promises each player.
    private static let statesPerSecond = 20.0
    /// A machine that does other things too is late now and then; a server that falls behind is so all the time.
    private static let enough = 0.9

    private struct Player {
        var direction = -1
        /// In the measured time.
        var states = 0
    }

    private struct Room {
        /// The newest that either player was told: one may hear of the end before the other heard what came before it.
        var version: Int64 = 0
        var isPlaying = false
        /// Since when there is no play, in which no states are promised; and how long that was so in the measured time.
        var pausedAt: NIODeadline?
        var paused = TimeAmount.zero
    }

    private let turnsPerSecond: Double
    private let isIdleHanded: Bool
    private var seating: Seating
    private var players: [Player]
    private var rooms: [Room]
    private var schedule: Schedule?
    private var hasStopped = false

    init(rooms: Int, turnsPerSecond: Double, isIdleHanded: Bool) throws(LoadRefusal) {
        try LoadRefusal.check("--rooms", rooms, in: 1...(LoadLimits.connections.upperBound / 2))
        try LoadRefusal.check("--turns-per-second", turnsPerSecond, in: LoadLimits.perSecondOfPlayer)
        self.turnsPerSecond = turnsPerSecond
        self.isIdleHanded = isIdleHanded
        seating = Seating("pong", rooms: rooms, players: 2)
        players = Array(repeating: Player(), count: rooms * 2)
        self.rooms = Array(repeating: Room(), count: rooms)
    }

    var connections: Int { players.count }
    var messagesPerSecond: Double { isIdleHanded ? 0 : turnsPerSecond * Double(players.count) }
    var parameters: [String: Parameter] {
        ["rooms": .int(rooms.count), "turnsPerSecond": .number(turnsPerSecond), "idleHanded": .flag(isIdleHanded)]
    }
    /// A game may end while a move is on its way.
    var expectedRefusals: Set<String> { ["game_over"] }

    var isReady: Bool { seating.isComplete && rooms.allSatisfy(\.isPlaying) }

    mutating func welcomed(_ client: Int, _ load: inout Load) { seating.welcomed(client, &load) }

    mutating func begin(_ load: inout Load) {
        if !isIdleHanded { schedule = Schedule(from: load.now, perSecond: messagesPerSecond) }
    }

    mutating func act(_ load: inout Load) -> NIODeadline? {
        guard !hasStopped, var schedule else { return nil }
        while let due = load.next(of: &schedule) {
            let player = (schedule.taken - 1) % players.count
            // Nobody moves in a game that is over.
            guard rooms[seating.room(of: player)].isPlaying else { continue }
            players[player].direction *= -1
            let direction = players[player].direction
            load.ask(player, due: due) { #"{"type":"make_move","id":\#($0),"data":{"dir":\#(direction)}}"# }
        }
        self.schedule = schedule
        return schedule.next
    }

    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load) {
        switch message.kind {
        case .joinResult: _ = seating.heard(message, by: client, &load)
        case .moveResult: if let due, !message.isRefusal { load.answered(due: due) }
        case .state: hearState(message, client, &load)
        default: break
        }
    }

    private mutating func hearState(_ message: Message, _ client: Int, _ load: inout Load) {
        load.delivered()
        if load.tally.isMeasured(load.now) { players[client].states += 1 }
        let room = seating.room(of: client)
        guard let version = message.version, version > rooms[room].version else { return }
        rooms[room].version = version
        let phase = message.data?["phase"]
        let isPlaying = phase?.isString("playing") ?? false
        guard isPlaying != rooms[room].isPlaying else { return }
        rooms[room].isPlaying = isPlaying
        if isPlaying { goOn(room, at: load.now, in: load.tally.window) } else { rooms[room].pausedAt = load.now }
        if phase?.isString("finished") ?? false {
            for player in seating.players(of: room) {
                load.ask(player) { #"{"type":"rematch","id":\#($0)}"# }
            }
        }
    }

    private mutating func goOn(_ room: Int, at now: NIODeadline, in window: Range<NIODeadline>?) {
        guard let start = rooms[room].pausedAt, let window else { return }
        rooms[room].pausedAt = nil
        let inWindow = min(now, window.upperBound) - max(start, window.lowerBound)
        if inWindow > .zero { rooms[room].paused = rooms[room].paused + inWindow }
    }

    mutating func stop() { hasStopped = true }

    mutating func finish(_ load: inout Load) {
        guard let window = load.tally.window else { return }
        var starved = 0
        for room in rooms.indices {
            goOn(room, at: load.now, in: window)
            let playing = (window.upperBound - window.lowerBound - rooms[room].paused).nanoseconds
            let promised = Self.statesPerSecond * Double(playing) / 1e9
            starved += seating.players(of: room).count { Double(players[$0].states) < promised * Self.enough }
        }
        if starved > 0 { load.tally.fault("players of Pong with fewer states than 20 a second", count: starved) }
        if load.unanswered > 0 { load.tally.fault("requests that were never answered", count: load.unanswered) }
    }
}
