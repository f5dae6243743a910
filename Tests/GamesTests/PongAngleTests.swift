import GameKitProtocol
import Testing

@testable import Pong

@Suite struct PongAngleTests {
    @Test(arguments: 80...240)
    func `at every speed the fifteen angles are mirror images and keep the speed`(speed: Int) {
        for step in -7...7 {
            let right = ExitAngle(step: step).velocity(at: speed, toward: .right)
            let left = ExitAngle(step: step).velocity(at: speed, toward: .left)
            let other = ExitAngle(step: -step).velocity(at: speed, toward: .right)
            #expect(left == (-right.vx, right.vy))
            #expect(other == (right.vx, -right.vy))
            #expect(right.vy.signum() == step.signum())
            // Half a unit of rounding each way is less than one along the path.
            let square = right.vx * right.vx + right.vy * right.vy
            #expect((speed - 1) * (speed - 1)...(speed + 1) * (speed + 1) ~= square)
            // The slowest crossing: four and a half seconds at the serve's speed.
            #expect(right.vx >= speed / 2)
        }
    }

    @Test func `each step turns the ball further than the one before`() {
        for step in -6...7 {
            let (a, b) = (ExitAngle(step: step - 1), ExitAngle(step: step))
            let (before, after) = (a.velocity(at: 240, toward: .right), b.velocity(at: 240, toward: .right))
            #expect(before.vy < after.vy)
            // 240^2 times the sine of the angle between the two: 8 degrees, whose sine is 0.139.
            let turn = before.vx * after.vy - before.vy * after.vx
            #expect(240 * 240 * 132 / 1000...240 * 240 * 146 / 1000 ~= turn, "step \(step)")
        }
    }

    @Test func `a paddle's reach is cut into fifteen equal steps, the same upward and downward`() {
        var width = [Int: Int]()
        for offset in -896...896 {
            let step = ExitAngle(offset: offset, reach: 896).step
            #expect(ExitAngle(offset: -offset, reach: 896).step == -step)
            width[step, default: 0] += 1
        }
        #expect(width.keys.sorted() == Array(-7...7))
        #expect(width.values.allSatisfy { 119...121 ~= $0 }, "1793 places, \(width)")
    }

    @Test func `a hit in the middle goes straight ahead, and one with a corner steepest`() {
        #expect(ExitAngle(offset: 0, reach: 896) == ExitAngle(step: 0))
        #expect(ExitAngle(offset: 896, reach: 896) == ExitAngle(step: 7))
        #expect(ExitAngle(offset: -896, reach: 896) == ExitAngle(step: -7))
    }
}
