import Foundation
import GameKitProtocol

/// A game with every fault that ends a process: a move names the one it wants.
struct Bomb: Game {
    typealias View = Self

    struct Options: Codable, Equatable, Sendable {
        var seats: Int
        var trap = false
    }

    struct Move: Codable, Sendable {
        enum Fault: String, Codable { case none, index, overflow, recursion, endless, slow, upgrade }
        let fault: Fault
        /// Makes one move different from another.
        var nonce: Int?
    }

    static let manifest = GameManifest(type: "bomb", name: "Bomb", seats: 1...2)
    static let defaultOptions = Options(seats: 1)

    static func seats(for options: Options) throws(Refusal) -> ClosedRange<Int> {
        guard manifest.seats.contains(options.seats) else { throw Refusal("out_of_range", "One or two seats.") }
        // The options are a fault of their own.
        if options.seats == 2, options.trap { return [0...0][options.seats] }
        return options.seats...options.seats
    }

    private var moves = 0

    init(at table: inout Table, after previous: Self?) {}

    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        switch move.fault {
        case .none: break
        case .index: moves = [1, 2, 3][moves + 3]
        case .overflow: moves = Int.max - moves + 1
        case .recursion: moves = Self.depth(of: moves)
        case .endless: while moves < .max { moves &+= table.random.next(below: 2) &- 1 }
        case .slow: for _ in 0..<100_000_000 { moves &+= table.random.next(below: 2) }
        case .upgrade:
            // Harmless, until a later version of the game is not: no game may do this, and this one exists to be wrong.
            if ProcessInfo.processInfo.environment["TRIAL_UPGRADED"] != nil { moves = [1, 2, 3][moves + 3] }
        }
        moves += 1
    }

    @inline(never)
    private static func depth(of start: Int) -> Int {
        start == .max ? start : depth(of: start + 1) + depth(of: start + 2) - start
    }

    var outcome: Outcome? { nil }
}
