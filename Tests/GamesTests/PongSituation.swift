import GameKitProtocol

@testable import Pong

/// A moment of a rally worth looking at: mostly near a paddle's face, edges and corners, and near the walls.
struct PongSituation {
    var ball: Ball
    var speed: Int
    var paddles: Sides<Int>
    /// How far each paddle goes in the tick to come, as far as the court lets it.
    var slides: Sides<Int>

    init(_ random: inout SeededRandom) {
        func one(of range: ClosedRange<Int>) -> Int { range.lowerBound + random.next(below: range.count) }
        func paddle() -> Int {
            switch random.next(below: 4) {
            case 0: one(of: 0...400)
            case 1: one(of: 7600...8000)
            default: one(of: 0...8000)
            }
        }
        paddles = Sides(left: paddle(), right: paddle())
        slides = Sides(left: [-128, 128, one(of: -128...128)][one(of: 0...2)], right: one(of: -128...128))
        speed = one(of: 80...240)
        let velocity = ExitAngle(step: one(of: -7...7)).velocity(at: speed, toward: .left)
        let x = random.next(below: 3) == 0 ? one(of: 1...1200) : one(of: 384...800)
        let y =
            switch random.next(below: 4) {
            case 0: one(of: 0...9408)
            case 1: paddles.left + one(of: -192...1600)
            case 2: paddles.left - 192 + one(of: -300...300)
            default: paddles.left + 1600 + one(of: -300...300)
            }
        ball = Ball(x: x, y: min(max(y, 0), 9408), vx: velocity.vx, vy: velocity.vy)
        if random.next(below: 2) == 0 { self = mirrored }
    }

    /// The same moment with the sides exchanged.
    var mirrored: Self {
        var other = self
        other.ball.x = 12608 - ball.x
        other.ball.vx = -ball.vx
        other.paddles = Sides(left: paddles.right, right: paddles.left)
        other.slides = Sides(left: slides.right, right: slides.left)
        return other
    }

    /// How deep the ball gets into the paddle it flies to if nothing but walls turn it, in whole units, looked at
    /// `steps` times in the tick.
    func deepestOverlap(steps: Int) -> Int {
        let seat: Seat = ball.vx < 0 ? 0 : 1
        let paddleX = seat == .left ? 384 : 12224
        let slide = min(max(paddles[seat] + slides[seat], 0), 8000) - paddles[seat]
        return (0...steps).map { step in
            let x = ball.x * steps + ball.vx * step
            var y = abs(ball.y * steps + ball.vy * step)
            y = min(y, 2 * 9408 * steps - y)
            let paddleY = paddles[seat] * steps + slide * step
            let across = min(x + 192 * steps - paddleX * steps, (paddleX + 192) * steps - x)
            let along = min(y + 192 * steps - paddleY, paddleY + 1600 * steps - y)
            return min(across, along) / steps
        }.max() ?? 0
    }
}

extension PongRally {
    init(_ situation: PongSituation) {
        self.init(
            ball: situation.ball, speed: situation.speed, paddles: (situation.paddles.left, situation.paddles.right),
            slides: (situation.slides.left, situation.slides.right))
    }

    /// In the middle of a rally.
    init(
        ball: Ball, speed: Int = Ball.serveSpeed, paddles: (Int, Int) = (4000, 4000), slides: (Int, Int) = (0, 0)
    ) {
        self.init()
        round.serveIn = nil
        round.ball = ball
        round.speed = speed
        for (seat, y, slide) in [(Seat.left, paddles.0, slides.0), (.right, paddles.1, slides.1)] {
            round.paddles[seat].y = y
            round.paddles[seat].go(slide)
        }
    }
}
