public import GameKitProtocol

extension Pong {
    /// How a player steers: `dir` or `dy`, never both. Untrusted; ``play(_:by:at:)`` checks every number.
    public struct Move: Codable, Equatable, Sendable {
        /// -1 up, 0 stay, 1 down, held until another move replaces it.
        var dir: Int?
        /// A distance in points, -20...20, down is positive. What one tick cannot do follows in the next ones, unless
        /// another move replaces it.
        var dy: Int?
        /// The player's own number for this move, 0...2^53-1, shown in ``View/inputs`` once it is taken: a page that moves
        /// its paddle ahead of the server knows by it which of its moves the state already contains.
        var input: Int?
    }

    /// Both seats may steer at any time, during the wait for a serve too.
    ///
    /// An `input` lower than the last one is taken like any other. Moves arrive in the order they were sent, so it can
    /// only be a page that was loaded anew and counts from the start; were the highest number kept, that page would see
    /// all its moves confirmed before they were played.
    public mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) {
        if let input = move.input, !(0...Self.highestInput ~= input) {
            throw Refusal("out_of_range", "input is a whole number from 0 to 2^53-1.")
        }
        switch (move.dir, move.dy) {
        case (let dir?, nil):
            guard -1...1 ~= dir else { throw Refusal("out_of_range", "dir is -1, 0 or 1.") }
            paddles[seat].hold(dir)
        case (nil, let dy?):
            guard -20...20 ~= dy else { throw Refusal("out_of_range", "dy is a whole number from -20 to 20.") }
            paddles[seat].go(dy * Court.unitsPerPoint)
        case (_?, _?), (nil, nil):
            throw .badMove
        }
        inputs[seat] = move.input ?? inputs[seat]
    }

    /// The last whole number that a browser can tell from its neighbours.
    private static let highestInput = 1 << 53 - 1
}
