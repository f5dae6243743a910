import GameKitProtocol

/// Plays a round with nothing around it. Like a room, it refuses whoever is not to move, keeps nothing of a refused move,
/// and takes out whoever forfeits.
struct RoundDriver<G: Game> {
    /// Open to tests, which put rounds into situations.
    var round: G
    var random: SeededRandom
    private(set) var told: [G.Event] = []
    private let options: G.Options
    private let chairs: [G.Table.Chair?]

    /// - Parameter taken: who sits; everybody if nil.
    init(
        options: G.Options = G.defaultOptions, taken: [Seat]? = nil, seed: UInt64 = 1, after previous: G? = nil
    ) throws(Refusal) {
        let count = try G.seats(for: options).upperBound
        let chairs = (0..<count).map { index in
            taken?.contains(Seat(index)) ?? true ? G.Table.Chair(name: "Player \(index)") : nil
        }
        var table = G.Table(options: options, chairs: chairs, random: SeededRandom(key: (seed, 0)))
        round = G(at: &table, after: previous)
        random = table.random
        self.options = options
        self.chairs = chairs
    }

    var view: G.View { round.view(for: .spectator) }

    mutating func play(_ move: G.Move, by seat: Seat) throws(Refusal) {
        guard round.toMove.contains(seat) else { throw .notYourTurn }
        try call { round, table throws(Refusal) in try round.play(move, by: seat, at: &table) }
    }

    /// Why a move is refused, or nil if it is not.
    func reason(against move: G.Move, by seat: Seat) -> String? {
        var copy = self
        do throws(Refusal) { try copy.play(move, by: seat) } catch { return error.reason }
        return nil
    }

    mutating func leave(_ seat: Seat) { call { round, table in round.left(seat, at: &table) } }

    mutating func timeOut(_ seat: Seat) { call { round, table in round.timedOut(seat, at: &table) } }

    /// What the last calls told, which is then forgotten.
    mutating func takeTold() -> [G.Event] {
        defer { told = [] }
        return told
    }

    private mutating func call<Failure: Error>(
        _ body: (inout G, inout G.Table) throws(Failure) -> Void
    ) throws(Failure) {
        var (round, table) = (round, G.Table(options: options, chairs: chairs, random: random))
        try body(&round, &table)
        (self.round, random) = (round, table.random)
        for request in table.requests {
            switch request {
            case .tell(let event): told.append(event)
            case .forfeit(let seat): leave(seat)
            default: preconditionFailure("no game driven here asks for \(request)")
            }
        }
    }
}

/// Rounds between bots.
extension RoundDriver {
    /// Plays to the end, with the bot of each seat's level.
    /// - Throws: what refused a bot's move.
    static func winner(
        ofBots levels: [BotLevel], options: G.Options = G.defaultOptions, seed: UInt64
    ) throws -> Seat? {
        var driver = try Self(options: options, taken: levels.indices.map { Seat($0) }, seed: seed)
        var thoughts = SeededRandom(key: (seed, 1))
        while driver.round.outcome == nil {
            for seat in driver.round.toMove {
                let move = G.choose(for: seat, seeing: driver.view, level: levels[seat], random: &thoughts)
                guard let move else { throw SilentBot() }
                try driver.play(move, by: seat)
            }
        }
        return driver.round.outcome?.winners?.first
    }

    /// How many rounds out of `rounds` a hard bot wins against bots of another level, sitting at each place in turn.
    static func winsOfHard(
        against other: BotLevel, players: Int = 2, in rounds: Int, options: G.Options = G.defaultOptions
    ) throws -> Int {
        try (0..<rounds).count { number in
            var levels = Array(repeating: other, count: players)
            levels[number % players] = .hard
            return try winner(ofBots: levels, options: options, seed: UInt64(number)) == Seat(number % players)
        }
    }

    private struct SilentBot: Error {}
}

extension SeededRandom {
    /// A source whose next dice show these values.
    static func rolling(_ values: Int...) -> Self {
        var seed: UInt64 = 0
        while true {
            let source = Self(key: (seed, 2))
            var trial = source
            if values.allSatisfy({ trial.die() == $0 }) { return source }
            seed += 1
        }
    }
}
