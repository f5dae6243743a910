import GameKitProtocol

/// The direction in which a paddle sends the ball: one of fifteen, eight degrees apart, from 56 degrees up to 56 degrees
/// down. It is decided by where the paddle is hit alone, never by how the ball came, so that players can aim.
struct ExitAngle: Equatable, Sendable {
    static let steepest = 7
    /// A serve is no steeper than this: it shall be slow to arrive neither, nor hard to reach.
    static let steepestServe = 4

    /// -7...7: straight ahead is 0, down is positive.
    let step: Int

    init(step: Int) { self.step = step }

    /// The angle of a hit. The places where ball and paddle can touch, from corner to corner, are cut into fifteen equal
    /// steps.
    /// - Parameters:
    ///   - offset: how far the ball's centre is below the paddle's.
    ///   - reach: how far the two centres can be apart, in the same measure.
    init(offset: Int, reach: Int) {
        let steps = 2 * Self.steepest + 1
        let nearest = (abs(offset) * steps + reach) / (2 * reach)
        step = offset.signum() * min(nearest, Self.steepest)
    }

    /// The ball's two velocities at a speed, each rounded to the nearest whole unit a tick.
    func velocity(at speed: Int, toward seat: Seat) -> (vx: Int, vy: Int) {
        let (ahead, aside) = Self.directions[abs(step)]
        let vx = (speed * ahead + Self.one / 2) / Self.one
        let vy = (speed * aside + Self.one / 2) / Self.one
        return (seat == .left ? -vx : vx, step < 0 ? -vy : vy)
    }

    /// What stands for 1 in the table below.
    private static let one = 4096

    /// Cosine and sine of 0, 8, 16 ... 56 degrees. Only the downward half is listed: up is its mirror image.
    private static let directions: [(ahead: Int, aside: Int)] = [
        (4096, 0), (4056, 570), (3937, 1129), (3742, 1666), (3474, 2171), (3138, 2633), (2741, 3044), (2290, 3396),
    ]
}
