public import GameKitProtocol

/// Pong: two paddles, one ball, first to ten goals.
///
/// Every length is a whole number of units, 1/16 of a point, and every velocity a whole number of units a tick. There is
/// no floating point anywhere, so that a round is the same on every machine, and in a browser that plays along.
public struct Pong: Game {
    public static let manifest = GameManifest(
        type: "pong", name: "Pong", seats: 2...2, ticksPerSecond: 60, statesPerSecond: 20, grace: .seconds(10),
        absence: .pauses)

    static let goalsToWin = 10
    /// How many ticks pass between the start or a goal and the serve: one second.
    static let serveDelay = 60

    /// Ticks since the start of this round.
    var ticks = 0
    var ball = Ball.centred
    /// How fast the ball is along its path, in units a tick. Kept apart from the ball, whose two velocities are rounded:
    /// a speed taken back from them would drift with every hit.
    var speed = Ball.serveSpeed
    var paddles = Sides(both: Paddle())
    var scores = Sides(both: 0)
    /// The last `input` taken from each seat, 0 before the first.
    var inputs = Sides(both: 0)
    /// Ticks until the ball is served; nil while it flies and after the end.
    var serveIn: Int? = serveDelay
    /// Who gets the next serve.
    var receiver: Seat

    /// A rematch knows nothing of the round before.
    public init(at table: inout Table, after previous: Self?) {
        receiver = Seat(table.random.next(below: 2))
    }

    var winner: Seat? {
        if scores.left >= Self.goalsToWin { return .left }
        return scores.right >= Self.goalsToWin ? .right : nil
    }

    public var outcome: Outcome? { winner.map { .won(by: $0, scores: scores.list) } }

    /// First the paddles start on their way, then the ball flies past them while they move.
    public mutating func tick(at table: inout Table) {
        ticks += 1
        let slides = Sides(left: paddles.left.slide(), right: paddles.right.slide())
        if let serveIn {
            wait(serveIn - 1, at: &table)
        } else {
            fly(past: slides, at: &table)
        }
    }

    /// A paddle whose player is gone must not run on when the room does.
    public mutating func away(_ seat: Seat, at table: inout Table) {
        paddles[seat].stop()
    }
}

/// The course of play.
extension Pong {
    private mutating func wait(_ rest: Int, at table: inout Table) {
        guard rest == 0 else { return serveIn = rest }
        serveIn = nil
        speed = Ball.serveSpeed
        let angle = table.random.next(below: 2 * ExitAngle.steepestServe + 1) - ExitAngle.steepestServe
        (ball.vx, ball.vy) = ExitAngle(step: angle).velocity(at: speed, toward: receiver)
    }

    private mutating func fly(past slides: Sides<Paddle.Slide>, at table: inout Table) {
        // After the last goal it rests for good.
        guard ball.vx != 0 else { return }
        var flight = Flight(of: ball, past: slides)
        while let contact = flight.next() {
            let place = flight.ball
            switch contact {
            case .wall:
                table.hint(.bounce(x: place.x, y: place.y, off: .wall))
            case .paddle(let seat, let angle):
                speed = Ball.faster(than: speed)
                flight.turn(to: angle.velocity(at: speed, toward: seat.opponent))
                table.hint(.bounce(x: place.x, y: place.y, off: .paddle))
            case .goal(let loser):
                return score(against: loser, at: &table)
            }
        }
        ball = flight.ball
    }

    private mutating func score(against loser: Seat, at table: inout Table) {
        let scorer = loser.opponent
        scores[scorer] += 1
        table.tell(.goal(seat: scorer, scores: scores.list))
        ball = .centred
        receiver = loser
        serveIn = winner == nil ? Self.serveDelay : nil
    }
}
