public import GameKitProtocol

extension Pong {
    public static var hasBot: Bool { true }

    /// Keeps the middle of its paddle where it expects the ball. It remembers nothing from one choice to the next, so it
    /// has to stop in good time: see ``Habits/close``.
    public static func choose(
        for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom
    ) -> Move? {
        let habits = Habits(level)
        // Who hesitates goes on as before, and runs past the mark now and then.
        if random.next(below: 100) < habits.hesitation { return nil }
        let way = habits.target(for: seat, seeing: view) - (view.paddles[seat] + Paddle.height / 2)
        return Move(dir: abs(way) <= Habits.close ? 0 : way.signum())
    }

    /// What makes a bot as fallible as a person.
    struct Habits {
        enum Foresight {
            /// Goes where the ball is now.
            case none
            /// Follows the line of the ball, and is surprised by the walls.
            case straight
            /// Sees the walls coming.
            case walls
        }

        /// Half of what a paddle goes from one choice to the next, at ten a second. From further away it ends no further
        /// off on the other side, so it does not swing to and fro.
        static let close = 3 * Paddle.pace

        var foresight: Foresight
        /// Ticks until it notices that the other side has returned the ball.
        var reaction: Int
        /// Choices in a hundred that it lets pass.
        var hesitation: Int
        /// How wrong it may be about the place, in units for every unit a tick that the ball comes nearer: fast balls are
        /// hard to judge, so every rally ends.
        var misjudgement: Int
    }
}

extension Pong.Habits {
    init(_ level: BotLevel) {
        switch level {
        case .easy: self.init(foresight: .none, reaction: 30, hesitation: 50, misjudgement: 10)
        case .medium: self.init(foresight: .straight, reaction: 20, hesitation: 30, misjudgement: 8)
        case .hard: self.init(foresight: .walls, reaction: 12, hesitation: 15, misjudgement: 6)
        }
    }

    /// Where it wants the middle of its paddle: in the way of a ball that it sees coming, else in the middle of the court.
    func target(for seat: Seat, seeing view: Pong.View) -> Int {
        let ball = view.ball
        let comes = seat == .left ? ball.vx < 0 : ball.vx > 0
        guard comes else { return Court.height / 2 }
        let flown = abs(ball.x - Court.faceX[seat.opponent]) / abs(ball.vx)
        guard flown >= reaction else { return Court.height / 2 }
        let most = misjudgement * abs(ball.vx)
        let error = Self.error(ofFlightSince: view.tick - flown, upTo: most)
        return place(of: ball, at: Court.faceX[seat]) + Ball.size / 2 + error
    }

    /// Where it expects the ball's top edge when the ball is at `x`.
    private func place(of ball: Ball, at x: Int) -> Int {
        let straight = ball.y + ball.vy * abs(x - ball.x) / abs(ball.vx)
        switch foresight {
        case .none: return ball.y
        case .straight: return min(max(straight, 0), Court.lowestBall)
        case .walls:
            // Mirrored at both walls, the line is periodic: once down and once up the court.
            let period = 2 * Court.lowestBall
            let folded = (straight % period + period) % period
            return min(folded, period - folded)
        }
    }

    /// How wrong it is about one flight of the ball, from end to end. Drawn from the tick in which the ball set out: an
    /// error drawn anew at every look would make the paddle tremble, and cancel itself out.
    private static func error(ofFlightSince tick: Int, upTo most: Int) -> Int {
        var random = SeededRandom(key: (UInt64(bitPattern: Int64(tick)), 0))
        return random.next(below: 2 * most + 1) - most
    }
}
