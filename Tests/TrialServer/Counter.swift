import GameKitProtocol

/// Counts what it is told, so that a move that was lost or counted twice shows: every seat adds to its own sum, whenever
/// it likes, and nobody ever wins.
struct Counter: Game {
    typealias View = Self

    struct Options: Codable, Equatable, Sendable {
        var seats: Int
    }

    struct Move: Codable, Sendable {
        let add: Int
    }

    static let manifest = GameManifest(type: "counter", name: "Counter", seats: 1...8)
    static let defaultOptions = Options(seats: 1)

    static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> {
        guard manifest.seats.contains(options.seats) else { throw Refusal("out_of_range", "One to eight seats.") }
        return options.seats...options.seats
    }

    /// How many moves each seat has made, and the sum of what they added.
    private var moves: [Int]
    private var sums: [Int]

    init(at table: inout Table, after previous: Self?) {
        moves = Array(repeating: 0, count: table.seatCount)
        sums = moves
    }

    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        guard 0...1_000_000 ~= move.add else { throw Refusal("out_of_range", "Add something between 0 and a million.") }
        moves[seat] += 1
        sums[seat] += move.add
    }

    var outcome: Outcome? { nil }
}
