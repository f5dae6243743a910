import GameKitProtocol

/// A game of three that breaks one law, the one that its options say.
struct Rogue: Game {
    enum Vice: String, Codable, CaseIterable {
        case none
        case ownChance, unorderedState, fieldLost, moveLost, sharedObject
        case deadEnd, winnerGone, hugeView, nullInView, bareView, privateView, chanceShown, doubleKey
        case waitsForWhoLeft, neverTimesOut, illegalBot, silentBot, greedyTable, noMove
    }

    struct Options: Codable, Equatable, Sendable {
        var vice = Vice.none
        var size = 3
    }

    struct Move: Codable, Equatable, Sendable {
        var amount: Int
        /// Not written.
        var hidden = 0

        enum CodingKeys: CodingKey { case amount }
    }

    enum Event: Encodable, Equatable, Sendable { case counted(event: Int), fine }

    static let manifest = GameManifest(type: "rogue", name: "Rogue", seats: 2...3, turnLimit: .seconds(30))
    static let defaultOptions = Options()
    static let hasBot = true

    let vice: Vice
    var count = 0
    var turn: Seat
    var gone: SeatSet = []
    let size: Int
    var seen: Set<Int> = []
    var object = Box()
    /// Written by the vice `fieldLost` alone, which means by no other.
    var lost = 0
    var chance: SeededRandom?
    var isStuck = false

    enum CodingKeys: CodingKey { case vice, count, turn, gone, size, seen, object, chance, isStuck }

    static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> {
        if options.vice == .greedyTable && options.size > 3 { return 2...min(options.size, 64) }
        guard 2...3 ~= options.size else { throw Refusal("out_of_range", "Two or three play.") }
        return 2...options.size
    }

    init(at table: inout Table, after previous: Self?) {
        vice = table.options.vice
        size = table.seatCount
        turn = 0
        if vice == .chanceShown { chance = table.random }
    }

    var toMove: SeatSet { outcome == nil && !isStuck ? [turn] : [] }

    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        if vice == .sharedObject { object.value += 1 }
        guard 1...3 ~= move.amount else { throw .badMove }
        count += move.amount
        switch vice {
        case .ownChance: count += Int.random(in: 0...1)
        case .unorderedState: for number in 0..<12 { seen.insert(count * 100 + number) }
        case .fieldLost: lost += 1
        case .moveLost: count += move.hidden
        case .doubleKey: table.tell(.counted(event: 1))
        case .deadEnd: isStuck = count > 10
        default: break
        }
        pass()
    }

    private mutating func pass() {
        repeat { turn = turn.next(of: size) } while gone.contains(turn) && gone.count < size
    }

    var outcome: Outcome? {
        if vice == .winnerGone, let quitter = gone.first { return .won(by: quitter) }
        return count >= 30 ? .won(by: turn) : nil
    }

    mutating func left(_ seat: Seat, at table: inout Table) {
        gone.insert(seat)
        if turn == seat && vice != .waitsForWhoLeft { pass() }
    }

    mutating func timedOut(_ seat: Seat, at table: inout Table) {
        if vice != .neverTimesOut { table.forfeit(seat) }
    }

    func view(for viewer: Viewer) -> Shown { Shown(game: self, viewer: viewer) }

    static func choose(for seat: Seat, seeing view: Shown, level: BotLevel, random: inout SeededRandom) -> Move? {
        switch view.game.vice {
        case .illegalBot where level == .hard: Move(amount: 4)
        case .silentBot where level == .medium: nil
        case .noMove: Move(amount: 0)
        case .moveLost: Move(amount: 1, hidden: 1)
        default: Move(amount: random.die(3))
        }
    }

    /// What it shows, with the vices that a view can have.
    struct Shown: Encodable {
        enum Key: CodingKey { case count, winner, filler, chance }

        let game: Rogue
        let viewer: Viewer

        func encode(to encoder: any Encoder) throws {
            if game.vice == .bareView { return try game.count.encode(to: encoder) }
            var box = encoder.container(keyedBy: Key.self)
            try box.encode(game.vice == .privateView && viewer == .seat(1) ? -1 : game.count, forKey: .count)
            if game.vice == .nullInView { try box.encode(Int?.none, forKey: .winner) }
            if game.vice == .hugeView { try box.encode(String(repeating: "x", count: 65_536), forKey: .filler) }
            try box.encodeIfPresent(game.chance, forKey: .chance)
        }
    }

    /// Shared by all copies of a state.
    final class Box: Codable, Equatable, @unchecked Sendable {
        // Tests of one playout run on one thread.
        var value = 0
        static func == (a: Box, b: Box) -> Bool { a.value == b.value }
    }
}
