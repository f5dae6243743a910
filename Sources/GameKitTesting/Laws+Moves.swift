internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine

/// What players and bots, good and bad, ask for.
extension Laws {
    /// A refused move leaves no trace: moves of whoever is not to move, and moves that a hostile client makes up by
    /// putting other numbers and words into legal ones. What of those is accepted must leave a state that can be stored.
    public func refusals() throws {
        var known: [G.Move] = []
        var mutation = Mutation()
        try inEveryPlayout(under: .refusals) { playout, step in
            var random = SeededRandom(key: (playout.seed, UInt64(step) + 3))
            if known.count < 32, let last = lastMove(in: playout.room) { known.append(last) }
            guard !known.isEmpty else { return }
            let move = known[random.next(below: known.count)]
            let seats = playout.room.engine.facts.chairs.indices.map { Seat($0) } + [64, -1]
            let seat = seats[random.next(below: seats.count)]
            if !playout.room.toMove.contains(seat) {
                guard try isRefused(move, by: seat, in: playout.room) else {
                    throw fault(.refusals, "\(move) was played for seat \(seat.rawValue), which is not to move")
                }
            }
            for seat in playout.room.toMove {
                let text = mutation.mutate(try CanonicalJSON.encode(move), random: &random)
                guard let bad = try? JSONReader.decode(G.Move.self, from: text) else { continue }
                _ = try isRefused(bad, by: seat, in: playout.room)
            }
        }
    }

    private func lastMove(in room: TestRoom<G>) -> G.Move? {
        if case .moved(_, let move, _) = room.inputs.last?.input { move } else { nil }
    }

    private func isRefused(_ move: G.Move, by seat: Seat, in room: TestRoom<G>) throws -> Bool {
        do {
            if try room.refusal(of: move, by: seat) != nil { return true }
        } catch is RoomRefusal {
            return true
        }
        var copy = room
        try copy.play(move, by: seat)
        let written = try JSONReader.decode(RoomSnapshot<G>.self, from: copy.snapshotBytes)
        guard written == copy.engine.snapshot else {
            throw fault(.refusals, "\(move) was accepted and led to a state that cannot be stored")
        }
        return false
    }

    /// A bot's move is never refused, at any level, and bots bring a round on. Nothing to check without a bot.
    public func bots() throws {
        guard G.hasBot else { return }
        var rules = RoomRules(G.manifest)
        // A bot that does nothing must not be covered by the timer that takes it out.
        rules.turnLimit = nil
        for level in BotLevel.allCases {
            try inEveryPlayout(under: .bots, rules: rules) { playout, step in
                guard step == 0 else { return }
                var room = playout.room
                var random = SeededRandom(key: (playout.seed, 3))
                var moves = 0
                while moves < steps, room.outcome == nil {
                    let hasMoved = try room.toMove.contains { seat in
                        try letBot(at: seat, level, move: &random, in: &room)
                    }
                    guard try hasMoved || room.advanceToNextEvent() else {
                        throw fault(.bots, "no bot of level \(level.rawValue) wants to move, and nothing else happens")
                    }
                    if room.engine.isTicking && hasMoved { _ = try room.advanceToNextEvent() }
                    moves += 1
                }
            }
        }
    }

    private func letBot(
        at seat: Seat, _ level: BotLevel, move random: inout SeededRandom, in room: inout TestRoom<G>
    ) throws -> Bool {
        let view = try room.view(for: .seat(seat))
        guard let move = G.choose(for: seat, seeing: view, level: level, random: &random) else { return false }
        do {
            try room.play(move, by: seat)
        } catch let refusal as Refusal {
            throw fault(.bots, "level \(level.rawValue), seat \(seat.rawValue): \(move) was refused, \(refusal.reason)")
        }
        return true
    }

    /// Options that a hostile client makes up are refused, or make a table within the manifest's bounds at which a room
    /// can be opened.
    public func options() throws {
        var random = SeededRandom(key: (seed, 4))
        var mutation = Mutation()
        let good = try CanonicalJSON.encode(settings)
        for _ in 0..<playouts * steps {
            let text = mutation.mutate(good, random: &random)
            guard let bad = try? JSONReader.decode(G.Options.self, from: text) else { continue }
            let seats: ClosedRange<Int>
            do { seats = try G.seats(for: bad) } catch { continue }
            let most = G.manifest.seats
            guard most.contains(seats.lowerBound), most.contains(seats.upperBound) else {
                throw fault(.options, "\(self.text(text)) makes a table of \(seats), the manifest says \(most)")
            }
            _ = try TestRoom<G>(seed: seed, options: bad)
        }
    }
}
