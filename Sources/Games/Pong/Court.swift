/// The measures of the court, in units of 1/16 point. The origin is the top left; things are placed by their top-left
/// corners.
enum Court {
    static let unitsPerPoint = 16
    static let width = 800 * unitsPerPoint
    static let height = 600 * unitsPerPoint
    /// The left edges of the two paddles, each 24 points away from its end of the court.
    static let paddleX = Sides(left: 384, right: width - 384 - Paddle.width)
    /// Where the ball's left edge is when it touches the face of a paddle.
    static let faceX = Sides(left: paddleX.left + Paddle.width, right: paddleX.right - Ball.size)
    /// Where the ball's left edge is when it touches an end of the court: a goal.
    static let goalX = Sides(left: 0, right: width - Ball.size)
    /// Where the ball's top edge is when it touches the lower wall; at the upper one it is 0.
    static let lowestBall = height - Ball.size
    /// Where a paddle's top edge is when it can go no further down.
    static let lowestPaddle = height - Paddle.height
}
