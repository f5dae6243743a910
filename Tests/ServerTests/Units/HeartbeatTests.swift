import NIOCore
import Testing

@testable import ParlorServer

@Suite struct HeartbeatTests {
    /// What comes of asking once a second up to `seconds`, by second; nothings left out.
    private static func beats(
        _ seconds: ClosedRange<Int64>, of heartbeat: inout Heartbeat, isRealTime: Bool = false
    ) -> [Int64: Heartbeat.Action] {
        var beats: [Int64: Heartbeat.Action] = [:]
        for second in seconds {
            let action = heartbeat.beat(at: .at(.seconds(second)), isRealTime: isRealTime)
            if action != .nothing { beats[second] = action }
            if action == .dead { break }
        }
        return beats
    }

    @Test func `a silent connection is pinged twice, then it is dead`() {
        var heartbeat = Heartbeat(now: .start)
        #expect(Self.beats(1...100, of: &heartbeat) == [15: .ping, 30: .ping, 45: .dead])
    }

    @Test func `in a real-time game all of that is quicker`() {
        var heartbeat = Heartbeat(now: .start)
        #expect(Self.beats(1...100, of: &heartbeat, isRealTime: true) == [2: .ping, 4: .ping, 6: .dead])
    }

    @Test func `anything heard puts the next ping off and forgives the last`() {
        var heartbeat = Heartbeat(now: .start)
        #expect(Self.beats(1...30, of: &heartbeat) == [15: .ping, 30: .ping])
        heartbeat.heard(at: .at(.seconds(40)))
        #expect(Self.beats(41...100, of: &heartbeat) == [55: .ping, 70: .ping, 85: .dead])
    }

    @Test func `a connection that talks is never pinged`() {
        var heartbeat = Heartbeat(now: .start)
        for second in stride(from: Int64(10), to: 200, by: 10) {
            heartbeat.heard(at: .at(.seconds(second)))
            #expect(heartbeat.beat(at: .at(.seconds(second + 9)), isRealTime: false) == .nothing)
        }
    }

    @Test(arguments: [0, 1, 5, 127, 128, 129, 10_000], [1, 15, 10_000])
    func `everybody is looked at once a second, and never too many are pinged at once`(count: Int, silent: Int) {
        var round = HeartbeatRound()
        var looks = [Int](repeating: 0, count: count)
        var (time, most) = (TimeAmount.zero, 0)
        while time < .seconds(3) {
            var pings = 0
            let pause = round.look(at: count) { slot in
                looks[slot] += 1
                guard slot % silent == 0 else { return false }
                pings += 1
                return true
            }
            time = time + pause
            most = max(most, pings)
        }
        // What is lost in rounding to nanoseconds makes the last look begin the fourth second.
        #expect(looks.allSatisfy { $0 == 3 || $0 == 4 })
        #expect(looks.count { $0 == 4 } <= Limits.heartbeatPart)
        #expect(most <= Limits.heartbeatPings)
    }

    @Test func `who comes and goes between two looks does not confuse them`() {
        var round = HeartbeatRound()
        _ = round.look(at: 1000) { _ in false }
        var looked: [Int] = []
        _ = round.look(at: 100) { slot in
            looked.append(slot)
            return false
        }
        #expect(looked == Array(0..<100))
    }

    @Test func `entering a real-time game makes a ping due`() {
        var heartbeat = Heartbeat(now: .start)
        #expect(heartbeat.beat(at: .at(.seconds(5)), isRealTime: false) == .nothing)
        #expect(heartbeat.beat(at: .at(.seconds(5)), isRealTime: true) == .ping)
    }
}
