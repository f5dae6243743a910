import GameKitProtocol
import Testing

@testable import Pong

/// Single contacts, each set up by hand, then the whole of it against a ball that is walked instant by instant.
@Suite struct PongFlightTests {
    @Test func `a ball in the open keeps its course`() {
        var rally = PongRally(ball: Ball(x: 6000, y: 5000, vx: 97, vy: -31))
        rally.tick(3)
        #expect(rally.view.ball == Ball(x: 6291, y: 4907, vx: 97, vy: -31))
        #expect(rally.hinted.isEmpty)
    }

    @Test(arguments: [(30, -50, 20), (9400, 50, 9408 - 42), (0, -1, 1), (50, -50, 0)])
    func `a wall turns the ball and costs it no way`(y: Int, vy: Int, after: Int) {
        var rally = PongRally(ball: Ball(x: 6000, y: y, vx: 97, vy: vy))
        rally.tick()
        #expect(rally.view.ball == Ball(x: 6097, y: after, vx: 97, vy: -vy))
        #expect(rally.hinted.count == 1)
    }

    @Test(arguments: [-128, -64, 0, 64, 128])
    func `a paddle's face returns the fastest ball, however the paddle moves`(slide: Int) {
        var rally = PongRally(
            ball: Ball(x: 600, y: 4704, vx: -240, vy: 0), speed: 240, paddles: (4000, 4000), slides: (slide, 0))
        rally.tick()
        #expect(rally.view.ball.vx > 0)
        #expect(rally.view.ball.x > 576)
        #expect(rally.hinted == [.bounce(x: 576, y: 4704, off: .paddle)])
    }

    @Test(arguments: [(-1, 4000, -7), (1, 5000, 7)])
    func `a paddle that comes from beside returns a ball that is already past its face`(dir: Int, y: Int, angle: Int) {
        let paddle = dir < 0 ? y + 192 + 60 : y - 1600 - 60
        var rally = PongRally(
            ball: Ball(x: 500, y: y, vx: -80, vy: 0), paddles: (paddle, 4000), slides: (128 * dir, 0))
        rally.tick()
        let exit = ExitAngle(step: angle).velocity(at: 84, toward: .right)
        #expect(rally.view.ball.vx == exit.vx)
        #expect(rally.view.ball.vy == exit.vy)
    }

    @Test func `a ball that falls on a paddle's edge is returned`() {
        var rally = PongRally(ball: Ball(x: 500, y: 3700, vx: -45, vy: 120), speed: 128, paddles: (4000, 4000))
        rally.tick()
        #expect(rally.view.ball.vx > 0 && rally.view.ball.vy < 0)
    }

    @Test func `touching corners are a touch, and one unit apart is a miss`() {
        let ball = Ball(x: 576 + 80, y: 3808, vx: -80, vy: 0)
        var touching = PongRally(ball: ball, paddles: (4000, 4000))
        touching.tick()
        #expect(touching.view.ball.vx > 0)
        var apart = PongRally(ball: ball, paddles: (4001, 4000))
        apart.tick(20)
        #expect(apart.hinted.isEmpty)
        #expect(apart.view.scores == [0, 1])
    }

    @Test func `behind a paddle nothing holds the ball`() {
        var rally = PongRally(ball: Ball(x: 191, y: 4700, vx: -80, vy: 0), paddles: (4000, 4000))
        rally.tick(3)
        #expect(rally.told == [.goal(seat: 1, scores: [0, 1])])
    }

    @Test func `a ball that flies away is not hit again by the paddle that runs after it`() {
        var rally = PongRally(
            ball: Ball(x: 500, y: 3700, vx: 45, vy: -66), paddles: (4000, 4000), slides: (-320, 0))
        rally.tick(4)
        #expect(rally.hinted.isEmpty)
        #expect(rally.view.ball == Ball(x: 680, y: 3436, vx: 45, vy: -66))
    }

    @Test func `wall, paddle and wall again fit into one tick`() {
        var rally = PongRally(ball: Ball(x: 640, y: 20, vx: -134, vy: -199), speed: 240, paddles: (140, 4000))
        rally.tick()
        let places = rally.hinted.map { event -> Pong.Surface? in
            if case .bounce(_, _, let surface) = event { surface } else { nil }
        }
        #expect(places == [.wall, .paddle, .wall])
        #expect(rally.view.ball.vx > 0 && rally.view.ball.vy > 0)
    }

    @Test func `on the right everything is the mirror image of the left`() {
        var random = SeededRandom(key: (3, 3))
        for _ in 0..<2000 {
            let situation = PongSituation(&random)
            var (seen, mirrored) = (PongRally(situation), PongRally(situation.mirrored))
            seen.tick()
            mirrored.tick()
            let (a, b) = (seen.view.ball, mirrored.view.ball)
            // Half units are rounded to the right, in the mirror too.
            #expect(abs(a.x + b.x - Court.goalX.right) <= 1, "\(situation)")
            #expect([a.vx, a.vy, a.y] == [-b.vx, b.vy, b.y], "\(situation)")
            #expect(seen.view.scores == mirrored.view.scores.reversed())
        }
    }

    @Test(arguments: 1...8)
    func `forty thousand situations end as if the ball were walked instant by instant`(seed: UInt64) {
        var random = SeededRandom(key: (seed, 1))
        var (saves, goals, corners) = (0, 0, 0)
        for _ in 0..<5000 {
            let situation = PongSituation(&random)
            var rally = PongRally(situation)
            rally.tick()
            let walked = PongWalkedTick(situation)
            #expect(rally.hinted + rally.told == walked.events, "seed \(seed): \(situation)")
            #expect(rally.view.ball == walked.ball, "seed \(seed): \(situation)")
            #expect(rally.round.speed == walked.speed, "seed \(seed): \(situation)")
            #expect(rally.hinted.count + rally.told.count <= 3, "seed \(seed): \(situation)")
            saves += walked.hits
            goals += rally.told.count
            corners += rally.hinted.count > 1 ? 1 : 0
        }
        #expect(saves > 1000 && goals > 100 && corners > 50, "situations worth the name: \(saves) \(goals) \(corners)")
    }

    @Test(arguments: 1...4)
    func `no ball enters a paddle unhit, not even between two instants`(seed: UInt64) {
        var random = SeededRandom(key: (seed, 2))
        for _ in 0..<1000 {
            let situation = PongSituation(&random)
            var rally = PongRally(situation)
            rally.tick()
            let wasHit = rally.hinted.contains { if case .bounce(_, _, .paddle) = $0 { true } else { false } }
            guard !wasHit, rally.told.isEmpty else { continue }
            // Less than a unit in an instant, and half a unit of rounding: deeper than a graze would be a passage.
            #expect(situation.deepestOverlap(steps: 1280) <= 1, "seed \(seed): \(situation)")
        }
    }

    @Test(arguments: 1...4)
    func `over a whole round the ball stays in the court and within its speeds`(seed: UInt64) throws {
        var rally = PongRally(seed: seed)
        var thoughts = SeededRandom(key: (seed, 3))
        for tick in 0..<20_000 {
            if rally.round.outcome != nil { rally = PongRally(seed: seed &+ UInt64(tick)) }
            if tick.isMultiple(of: 6) {
                for seat in Seat.sides {
                    let move = PongRally.chase(seat, rally.view, &thoughts)
                    if let move { try rally.play(move, by: seat) }
                }
            }
            rally.tick()
            let ball = rally.view.ball
            #expect(0...12608 ~= ball.x && 0...9408 ~= ball.y, "seed \(seed), tick \(tick)")
            let square = ball.vx * ball.vx + ball.vy * ball.vy
            #expect(square == 0 || 79 * 79...241 * 241 ~= square, "seed \(seed), tick \(tick)")
            #expect((square == 0) == (rally.view.serveIn != nil || rally.round.outcome != nil))
            #expect(rally.view.paddles.allSatisfy { 0...8000 ~= $0 })
        }
    }
}
