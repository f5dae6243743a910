import Foundation
import GameKitProtocol
import Testing

@testable import Pong

@Suite struct PongRoundTests {
    @Test func `the manifest says what the server must know`() {
        let manifest = Pong.manifest
        #expect(manifest.type == "pong" && manifest.name == "Pong")
        #expect(manifest.seats == 2...2 && manifest.start == .whenFull && !manifest.lateSeats)
        #expect(manifest.ticksPerSecond == 60 && manifest.statesPerSecond == 20 && manifest.turnLimit == nil)
        #expect(manifest.absence == .pauses && manifest.grace == .seconds(10))
        #expect(manifest.durability == .periodic(.milliseconds(250)) && !manifest.hasSecrets)
    }

    @Test func `the ball rests in the middle for sixty ticks before it is served`() throws {
        var rally = PongRally()
        for left in stride(from: 60, to: 0, by: -1) {
            #expect(rally.view.serveIn == left)
            #expect(rally.view.ball == Ball(x: 6304, y: 4704, vx: 0, vy: 0))
            rally.tick()
        }
        #expect(rally.view.serveIn == nil)
        let served = rally.view.ball
        #expect(abs(served.vx) >= 67 && abs(served.vy) <= 42, "no steeper than 32 degrees")
        rally.tick()
        #expect(rally.view.ball.x == 6304 + served.vx && rally.view.ball.y == 4704 + served.vy)
    }

    @Test func `the seed alone decides the first serve, to either side and at every angle`() {
        let serves = (0..<200 as Range<UInt64>).map { seed in
            var rally = PongRally(seed: seed)
            var again = PongRally(seed: seed)
            rally.tick(60)
            again.tick(60)
            #expect(rally.round == again.round)
            return rally.view.ball
        }
        #expect(Set(serves.map { $0.vx.signum() }) == [-1, 1])
        #expect(Set(serves.map(\.vy)) == [-42, -33, -22, -11, 0, 11, 22, 33, 42])
    }

    @Test(arguments: [(Seat(0), 100, [0, 1], Seat(1)), (Seat(1), 12508, [1, 0], Seat(0))])
    func `a goal counts for the other side, and the next serve goes to whom it was scored on`(
        loser: Seat, x: Int, scores: [Int], scorer: Seat
    ) {
        var rally = PongRally(ball: Ball(x: x, y: 4704, vx: loser == 0 ? -240 : 240, vy: 0), speed: 240)
        rally.tick()
        #expect(rally.told == [.goal(seat: scorer, scores: scores)])
        #expect(rally.view.scores == scores && rally.view.serveIn == 60)
        #expect(rally.view.ball == Ball(x: 6304, y: 4704, vx: 0, vy: 0))
        #expect(rally.round.outcome == nil)
        rally.tick(60)
        #expect(rally.view.ball.vx.signum() == (loser == 0 ? -1 : 1))
        #expect(rally.round.speed == 80, "a serve is slow again")
    }

    @Test func `every hit makes the ball five per cent faster, up to three times the serve`() {
        let speeds = sequence(first: 80) { $0 < 240 ? Ball.faster(than: $0) : nil }
        #expect(
            Array(speeds) == [
                80, 84, 88, 92, 96, 100, 105, 110, 115, 120, 126, 132, 138, 144, 151, 158, 165, 173, 181, 190, 199,
                208, 218, 228, 239, 240,
            ])
        #expect(Ball.faster(than: 240) == 240)
    }

    @Test(arguments: Seat.sides)
    func `ten goals win, and then nothing moves but the paddles`(winner: Seat) throws {
        var rally = PongRally(ball: Ball(x: winner == 1 ? 10 : 12600, y: 0, vx: winner == 1 ? -80 : 80, vy: 0))
        rally.round.scores = Sides(both: 9)
        #expect(rally.round.outcome == nil && rally.view.winner == nil)
        rally.tick()
        let scores = winner == 0 ? [10, 9] : [9, 10]
        #expect(rally.told == [.goal(seat: winner, scores: scores)])
        #expect(rally.round.outcome == .won(by: winner, scores: scores))
        #expect(rally.view.winner == winner && rally.view.serveIn == nil)
        rally.tick(120)
        #expect(rally.view.ball == Ball(x: 6304, y: 4704, vx: 0, vy: 0))
        #expect(rally.told.count == 1)
    }

    @Test func `a rematch starts like a first round`() throws {
        var rally = PongRally(seed: 1)
        try rally.play(.init(dir: 1, input: 5), by: 0)
        rally.tick(100)
        rally.round.scores.left = 10
        #expect(PongRally(seed: 2, after: rally.round).round == PongRally(seed: 2).round)
    }

    @Test func `both seats may steer at any time`() {
        let rally = PongRally()
        #expect(Seat.sides.allSatisfy(rally.round.toMove.contains))
    }

    @Test func `a view and the events are what the protocol shows`() throws {
        var rally = PongRally(ball: Ball(x: 6000, y: 5000, vx: -70, vy: 39))
        try rally.play(.init(dy: 3, input: 17), by: 1)
        rally.tick()
        #expect(
            try json(rally.view) == """
                {"ball":{"vx":-70,"vy":39,"x":5930,"y":5039},"inputs":[0,17],"paddles":[4000,4048],"scores":[0,0],"tick":1}
                """)
        #expect(
            try json(PongRally().view) == """
                {"ball":{"vx":0,"vy":0,"x":6304,"y":4704},"inputs":[0,0],"paddles":[4000,4000],"scores":[0,0],"serveIn":60,\
                "tick":0}
                """)
        rally.round.scores.right = 10
        #expect(try json(rally.view).hasSuffix(#""tick":1,"winner":1}"#))
        #expect(try json(Pong.Event.goal(seat: 1, scores: [3, 4])) == #"{"goal":{"scores":[3,4],"seat":1}}"#)
        #expect(
            try json(Pong.Event.bounce(x: 7, y: 0, off: .wall)) == #"{"bounce":{"off":"wall","x":7,"y":0}}"#)
    }

    @Test func `a round goes on from its snapshot as if nothing had happened`() throws {
        var (rally, thoughts) = (PongRally(seed: 4), SeededRandom(key: (4, 4)))
        for _ in 0..<300 {
            var (restored, sameThoughts) = (rally, thoughts)
            restored.round = try JSONDecoder().decode(Pong.self, from: JSONEncoder().encode(rally.round))
            try rally.steer(&thoughts)
            try restored.steer(&sameThoughts)
            rally.tick(6)
            restored.tick(6)
            #expect(restored.round == rally.round)
        }
    }

    @Test func `a round is numbers and nothing else, so that a tick allocates no memory for it`() {
        #expect(_isPOD(Pong.self))
        #expect(MemoryLayout<Pong>.size <= 160)
    }

    /// If this changes, rounds that are stored or recorded are played differently: raise the manifest's `rulesVersion`.
    @Test func `the same seed and moves give this very round on every machine`() throws {
        var (rally, thoughts) = (PongRally(seed: 2026), SeededRandom(key: (20, 26)))
        let digest = SipHash(0, 0)
        var hash: UInt64 = 0
        for _ in 0..<1020 {
            try rally.steer(&thoughts)
            rally.tick(6)
            for number in rally.numbers { hash = digest.hash(hash ^ UInt64(bitPattern: Int64(number))) }
        }
        #expect(
            try json(rally.view) == """
                {"ball":{"vx":-83,"vy":12,"x":11742,"y":3948},"inputs":[6108,6114],\
                "paddles":[3616,3040],"scores":[8,4],"tick":6120}
                """)
        #expect(rally.hinted.count == 49)
        #expect(hash == 1_382_814_702_431_659_949)
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension PongRally {
    /// Each seat chases the ball or dozes, or makes a move that it has not thought about.
    fileprivate mutating func steer(_ thoughts: inout SeededRandom) throws {
        for seat in Seat.sides {
            let move =
                if thoughts.next(below: 3) == 0 {
                    Pong.Move(dy: thoughts.next(below: 41) - 20, input: round.ticks)
                } else {
                    Self.chase(seat, view, &thoughts)
                }
            if let move { try play(move, by: seat) }
        }
    }

    fileprivate var numbers: [Int] {
        let ball = view.ball
        return [view.tick, ball.x, ball.y, ball.vx, ball.vy] + view.paddles + view.scores
    }
}
