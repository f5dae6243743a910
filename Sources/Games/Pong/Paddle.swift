/// One player's paddle: it goes up and down, at a limited pace, and never leaves the court.
struct Paddle: Codable, Equatable, Sendable {
    static let width = 192
    static let height = 1600
    /// How far it goes in one tick at most.
    static let pace = 128

    /// The top edge: 0...``Court/lowestPaddle``.
    var y = Court.lowestPaddle / 2
    /// How far its player still wants it to go; down is positive.
    private(set) var owed = 0

    /// The way of a paddle through one tick, at an even pace.
    struct Slide: Equatable, Sendable {
        /// The top edge when the tick begins.
        var y: Int
        /// How far it goes by the end of the tick; down is positive.
        var distance: Int
    }

    /// Goes on in a direction, -1, 0 or 1. That is to ask for as much as the court is high, which is never used up: at
    /// the court's edge the paddle stands whether it is still asked to go on or not.
    mutating func hold(_ direction: Int) { owed = direction * Court.height }

    /// Goes a distance instead of whatever it was asked for before.
    mutating func go(_ distance: Int) { owed = distance }

    mutating func stop() { owed = 0 }

    /// Moves through one tick.
    mutating func slide() -> Slide {
        let step = min(max(owed, -Self.pace), Self.pace)
        let start = y
        owed -= step
        y = min(max(y + step, 0), Court.lowestPaddle)
        return Slide(y: start, distance: y - start)
    }
}
