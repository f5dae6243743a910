import JSONCoding
internal import GameKitProtocol

@testable internal import RoomEngine

/// Rounds of a game, played beforehand by what its bot would do, to be played again move by move in rooms of people.
struct Rounds {
    struct Move {
        let room: Int
        let input: RoomInput<ArraySlice<UInt8>>
        let at: Duration
    }

    private(set) var rooms: [AnyRoom] = []
    private(set) var moves: [Move] = []

    /// - Parameter count: how many moves at least.
    init<G: Game>(of game: G.Type, players: Int, moves count: Int) throws {
        while moves.count < count {
            try play(game, players, most: count - moves.count)
            rooms.append(try Self.room(of: game, players: players, number: rooms.count))
        }
    }

    private mutating func play<G: Game>(_ game: G.Type, _ players: Int, most: Int) throws {
        var engine = try RoomEngine<G>(
            options: G.defaultOptions, rules: RoomRules(G.manifest), seed: Self.seed(rooms.count))
        for input in Self.beginning(players) {
            guard let input = input.decoded(as: G.Move.self) else { throw Unfit("no beginning") }
            _ = engine.apply(input, at: .zero)
        }
        var chance = SeededRandom(key: (7, UInt64(rooms.count)))
        for number in 0..<most {
            guard let seat = engine.toMove.first, let view = engine.view(for: .seat(seat)) else { return }
            guard let move = G.choose(for: seat, seeing: view, level: .medium, random: &chance) else {
                throw Unfit("a bot of \(G.manifest.type) does not know what to do")
            }
            let id = MoveID(rawValue: UInt64(moves.count))
            let at = Duration.milliseconds(500 * (number + 1))
            guard case .committed = engine.apply(.moved(seat, move, id: id), at: at) else {
                throw Unfit("a bot of \(G.manifest.type) was refused")
            }
            let text = try CanonicalJSON.encode(move)
            moves.append(Move(room: rooms.count, input: .moved(seat, text[...], id: id), at: at))
        }
    }

    /// A room in which people have sat down and a round has begun.
    static func room<G: Game>(of game: G.Type, players: Int, number: Int = 0) throws -> AnyRoom {
        let entry = GameEntry(game)
        let room = try entry.makeRoom(
            try entry.options(bytes("{}"), bytes("{}")), RoomRules(G.manifest), seed(number))
        for input in beginning(players) { _ = room.apply(input, .zero, false) }
        guard room.status().phase == .playing else { throw Unfit("a room of \(G.manifest.type) that does not start") }
        return room
    }

    private static func seed(_ number: Int) -> SeededRandom { SeededRandom(key: (UInt64(number), 1)) }

    private static func beginning(_ players: Int) -> [RoomInput<ArraySlice<UInt8>>] {
        let seats = (0..<players).map { Seat($0) }
        return seats.map { seat in
            .seated(
                Newcomer(playerId: "player\(seat.rawValue)", name: "Ada", holder: "holder\(seat.rawValue)"), at: seat)
        } + seats.map { .readied($0, true) }
    }
}
