import GameKitProtocol

@testable import Pong

/// One tick without any cleverness: in each of its 256 instants everything moves its 256th part, and what touches then,
/// touches. This is what the computed flight must come to.
struct PongWalkedTick {
    private(set) var speed: Int
    private(set) var events: [Pong.Event] = []
    private(set) var hits = 0
    private var x: Int
    private var y: Int
    private var velocity: (vx: Int, vy: Int)
    private var isOver = false
    private let situation: PongSituation

    init(_ situation: PongSituation) {
        self.situation = situation
        speed = situation.speed
        x = 256 * situation.ball.x
        y = 256 * situation.ball.y
        velocity = (situation.ball.vx, situation.ball.vy)
        while meets(at: 0) {}
        for instant in 1...256 where !isOver {
            x += velocity.vx
            y += velocity.vy
            while meets(at: instant) {}
        }
    }

    var ball: Ball {
        isOver
            ? Ball(x: 6304, y: 4704, vx: 0, vy: 0)
            : Ball(x: (x + 128) / 256, y: (y + 128) / 256, vx: velocity.vx, vy: velocity.vy)
    }

    /// Whether the ball meets something, which then takes effect.
    private mutating func meets(at instant: Int) -> Bool {
        if isOver { return false }
        if velocity.vy < 0 && y <= 0 || velocity.vy > 0 && y >= 256 * 9408 {
            y = y <= 0 ? -y : 2 * 256 * 9408 - y
            velocity.vy = -velocity.vy
            events.append(.bounce(x: ball.x, y: ball.y, off: .wall))
            return true
        }
        let seat: Seat = velocity.vx < 0 ? 0 : 1
        let paddleX = 256 * (seat == 0 ? 384 : 12224)
        let start = situation.paddles[seat]
        let end = min(max(start + situation.slides[seat], 0), 8000)
        let paddleY = 256 * start + instant * (end - start)
        if (paddleX - 256 * 192...paddleX + 256 * 192).contains(x),
            (paddleY - 256 * 192...paddleY + 256 * 1600).contains(y)
        {
            events.append(.bounce(x: ball.x, y: ball.y, off: .paddle))
            hits += 1
            speed = min(240, speed * 105 / 100)
            // Of the fifteen angles the one whose middle is nearest; the paddle's reach is 1792 units.
            let offset = (y + 256 * 96) - (paddleY + 256 * 800)
            let steps = (0...7).map { ($0, abs(15 * abs(offset) - 256 * 1792 * $0)) }
            let step = steps.reduce(steps[0]) { $1.1 <= $0.1 ? $1 : $0 }.0
            velocity = ExitAngle(step: offset < 0 ? -step : step).velocity(at: speed, toward: seat.opponent)
            return true
        }
        if x <= 0 || x >= 256 * 12608 {
            events.append(.goal(seat: x <= 0 ? 1 : 0, scores: x <= 0 ? [0, 1] : [1, 0]))
            isOver = true
        }
        return false
    }
}
