internal import GameKitProtocol
internal import RoomEngine

/// One room in which everything happens at random, and the same again from the same seed.
struct Playout<G: Game> {
    /// How many rounds are played in it.
    private static var mostRounds: Int { 3 }
    /// How often a mover may propose what is refused before it counts as knowing no legal move.
    private static var mostProposals: Int { 200 }

    /// Open to laws, which branch off from it.
    var room: TestRoom<G>
    private let mover: Laws<G>.Mover
    /// Not the room's chance: what people do must not depend on rolls, nor change them.
    private(set) var random: SeededRandom
    private var rounds = 1
    let seed: UInt64

    init(room: TestRoom<G>, seed: UInt64, mover: @escaping Laws<G>.Mover) {
        self.room = room
        self.mover = mover
        self.seed = seed
        random = SeededRandom(key: (seed, 2))
    }

    var roomSeed: SeededRandom { TestRoom<G>.source(seed) }

    /// Lets one thing happen. False: the last round is over.
    mutating func step() throws -> Bool {
        if room.phase == .finished { return try startAgain() }
        guard room.phase != .waiting else { throw GameFault(G.self, nil, "too few players to start") }
        let away = room.taken.filter { room.engine.facts.chairs[$0]?.isConnected == false }
        if !away.isEmpty && (room.phase == .paused || random.next(below: 4) == 0) {
            try wait(for: away)
        } else if random.next(below: 48) == 0 {
            try lose(room.taken[random.next(below: room.taken.count)])
        } else {
            try play()
        }
        return true
    }

    private mutating func startAgain() throws -> Bool {
        guard rounds < Self.mostRounds, room.taken.count >= room.engine.facts.minSeats else { return false }
        rounds += 1
        try room.rematch()
        return true
    }

    /// Mostly they come back, at times too late.
    private mutating func wait(for away: [Seat]) throws {
        let seat = away[random.next(below: away.count)]
        if random.next(below: 4) > 0 { return try room.reconnect(seat) }
        try room.advance(by: .seconds(random.next(below: 12)))
    }

    private mutating func lose(_ seat: Seat) throws {
        guard room.engine.facts.chairs[seat]?.isBot == false else { return }
        try room.disconnect(seat)
    }

    private mutating func play() throws {
        if room.engine.isTicking {
            if random.next(below: 4) == 0 { _ = try move() }
            _ = try room.advanceToNextEvent()
            return
        }
        // People take their time, and at times too much of it.
        try room.advance(by: .milliseconds(random.next(below: random.next(below: 64) == 0 ? 60_000 : 1500)))
        guard room.phase == .playing, try !move() else { return }
        guard try room.advanceToNextEvent() else {
            throw GameFault(G.self, .progress, "everybody waits for ever: nobody moves, and no timer runs")
        }
    }

    /// Makes one legal move of anybody who wants to move. False: nobody does.
    mutating func move() throws -> Bool {
        let seats = Array(room.toMove)
        guard !seats.isEmpty else { return false }
        let first = random.next(below: seats.count)
        for seat in seats[first...] + seats[..<first] where try move(seat) { return true }
        return false
    }

    private mutating func move(_ seat: Seat) throws -> Bool {
        for _ in 0..<Self.mostProposals {
            guard let move = try mover(seat, try room.view(for: .seat(seat)), &random) else { return false }
            do {
                try room.play(move, by: seat)
                return true
            } catch is Refusal {
                continue
            }
        }
        throw GameFault(G.self, nil, "\(Self.mostProposals) moves in a row were refused on seat \(seat.rawValue)")
    }
}
