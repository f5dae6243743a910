import GameKitProtocol

/// The ball's way through one tick, past walls, paddles and ends.
///
/// A tick is cut into 256 instants, and whatever happens, happens at one of them. In an instant the ball moves less than
/// a unit, and less than two against a moving paddle: nothing in the court is thin enough to be passed over. The instants
/// are not walked through: the next contact is computed, so a tick costs the same at every speed.
///
/// Inside a tick places are counted in 1/256 unit. A velocity in units a tick is then one in these parts an instant,
/// without rounding.
struct Flight {
    enum Contact: Equatable {
        /// Upper or lower; the ball is already turned.
        case wall
        /// A seat's paddle, which wants the ball to leave at an angle: see ``Flight/turn(to:)``.
        case paddle(Seat, ExitAngle)
        /// The end of the court behind a seat.
        case goal(against: Seat)
    }

    static let instants = 256

    private var x: Int
    private var y: Int
    private var vx: Int
    private var vy: Int
    /// Instants since the tick began.
    private var now = 0
    private let slides: Sides<Paddle.Slide>

    /// - Precondition: the ball is in the court and `vx` is not 0.
    init(of ball: Ball, past slides: Sides<Paddle.Slide>) {
        x = ball.x * Self.instants
        y = ball.y * Self.instants
        vx = ball.vx
        vy = ball.vy
        self.slides = slides
    }

    /// The ball as it is now, at the nearest whole unit.
    var ball: Ball { Ball(x: Self.units(x), y: Self.units(y), vx: vx, vy: vy) }

    /// Flies on to the next contact, the walls first of those at the same instant, or to the end of the tick: nil.
    ///
    /// At most three contacts come before that end: each sends the ball away from what it met, and nothing but a wall
    /// before and a wall after it fits into one tick with a paddle.
    mutating func next() -> Contact? {
        let (wall, paddle, goal) = (instantsToWall, instantsToPaddle, instantsToGoal)
        let rest = Self.instants - now
        let first = min(wall, paddle, goal)
        fly(min(first, rest))
        guard first <= rest else { return nil }
        if first == wall {
            rebound()
            return .wall
        }
        return first == paddle ? .paddle(target, exitAngle) : .goal(against: target)
    }

    /// Sends the ball elsewhere for the rest of the tick.
    mutating func turn(to velocity: (vx: Int, vy: Int)) { (vx, vy) = velocity }

    private mutating func fly(_ instants: Int) {
        x += vx * instants
        y += vy * instants
        now += instants
    }

    private mutating func rebound() {
        y = vy < 0 ? -y : 2 * Self.parts(Court.lowestBall) - y
        vy = -vy
    }
}

/// What the ball meets, and when.
extension Flight {
    /// Further away than any tick lasts.
    private static let never = Int.max

    /// Whose side the ball flies to. Only this paddle can touch it: a ball that flies away is not caught up with and hit
    /// again, which would hold it to the paddle.
    private var target: Seat { vx < 0 ? .left : .right }

    private var instantsToWall: Int {
        if vy == 0 { return Self.never }
        return Self.instants(toGo: vy < 0 ? y : Self.parts(Court.lowestBall) - y, by: abs(vy))
    }

    private var instantsToGoal: Int { Self.instants(toGo: way(to: Court.goalX[target]), by: abs(vx)) }

    /// The first instant at which ball and paddle touch, with a face, an edge or no more than a corner: when they meet
    /// both across and along the court. Wherever it is touched, the paddle returns the ball: a late save with the edge
    /// is a save.
    private var instantsToPaddle: Int {
        let across = Self.instants(
            from: -way(to: Court.faceX[target]), by: abs(vx), within: Self.parts(Paddle.width + Ball.size))
        guard let across, across.lowerBound <= Self.instants else { return Self.never }
        let along = Self.instants(
            from: y + Self.parts(Ball.size) - paddleY, by: vy - slides[target].distance,
            within: Self.parts(Paddle.height + Ball.size))
        guard let along else { return Self.never }
        let first = max(across.lowerBound, along.lowerBound)
        return first <= min(across.upperBound, along.upperBound) ? first : Self.never
    }

    /// How far the ball has still to fly to a place ahead; negative if it lies behind.
    private func way(to place: Int) -> Int { (Self.parts(place) - x) * vx.signum() }

    /// The top edge of the paddle now, in 1/256 unit.
    private var paddleY: Int { Self.parts(slides[target].y) + slides[target].distance * now }

    private var exitAngle: ExitAngle {
        let centre = y + Self.parts(Ball.size / 2)
        let paddleCentre = paddleY + Self.parts(Paddle.height / 2)
        return ExitAngle(offset: centre - paddleCentre, reach: Self.parts((Paddle.height + Ball.size) / 2))
    }
}

/// Places and times.
extension Flight {
    private static func parts(_ units: Int) -> Int { units * instants }

    private static func units(_ parts: Int) -> Int { (parts + instants / 2) >> instants.trailingZeroBitCount }

    /// The first instant at which a distance is covered; 0 if there is none to cover.
    private static func instants(toGo distance: Int, by velocity: Int) -> Int {
        distance <= 0 ? 0 : (distance + velocity - 1) / velocity
    }

    /// The instants, from now on, at which something that moves evenly from `start` is within 0...`width`.
    private static func instants(from start: Int, by velocity: Int, within width: Int) -> ClosedRange<Int>? {
        if velocity < 0 { return instants(from: width - start, by: -velocity, within: width) }
        guard start <= width else { return nil }
        if velocity == 0 { return start >= 0 ? 0...never : nil }
        let first = instants(toGo: -start, by: velocity)
        let last = (width - start) / velocity
        return first <= last ? first...last : nil
    }
}
