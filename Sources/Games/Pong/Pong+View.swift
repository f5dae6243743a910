public import GameKitProtocol

extension Pong {
    /// What everybody sees, and all that a page needs to draw the next ticks before it hears of them.
    public struct View: Encodable, Equatable, Sendable {
        /// Ticks since the start of the round.
        var tick: Int
        var ball: Ball
        /// The top edges of the paddles, by seat, in units.
        var paddles: [Int]
        var scores: [Int]
        /// Ticks until the serve; the ball is centred and at rest as long. Absent while it flies and after the end.
        var serveIn: Int?
        /// The last `input` taken from each seat, 0 before the first.
        var inputs: [Int]
        var winner: Seat?
    }

    public enum Event: Encodable, Equatable, Sendable {
        /// A seat scored; the scores, by seat, include it.
        case goal(seat: Seat, scores: [Int])
        /// The ball was turned when its top-left corner was at (x, y), in units. A hint, for sounds and sparks.
        case bounce(x: Int, y: Int, off: Surface)
    }

    public enum Surface: String, Encodable, Sendable { case wall, paddle }

    public func view(for viewer: Viewer) -> View {
        View(
            tick: ticks, ball: ball, paddles: [paddles.left.y, paddles.right.y], scores: scores.list, serveIn: serveIn,
            inputs: inputs.list, winner: winner)
    }
}
