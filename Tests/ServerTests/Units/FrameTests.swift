import NIOCore
import Testing

@testable import ParlorServer

@Suite struct FrameTests {
    @Test(
        arguments: [
            (0, [0x81, 0x00]), (1, [0x81, 0x01]), (125, [0x81, 0x7d]), (126, [0x81, 0x7e, 0x00, 0x7e]),
            (65535, [0x81, 0x7e, 0xff, 0xff]), (65536, [0x81, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])])
    func `a text frame says its length in as few bytes as may be`(count: Int, header: [UInt8]) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(Array(buffer: Frame.text(payload)) == header + payload)
    }

    @Test func `pings are empty, pongs carry what the ping did`() {
        #expect(Array(buffer: Frame.ping()) == [0x89, 0x00])
        #expect(Array(buffer: Frame.pong([1, 2, 3])) == [0x8a, 0x03, 1, 2, 3])
    }

    @Test func `a close frame says why, as a number and in words`() {
        #expect(Array(buffer: Frame.close(.replaced)) == [0x88, 18, 0x0f, 0xa1] + bytes("active elsewhere"))
        #expect(Array(buffer: Frame.close(.normal)) == [0x88, 6, 0x03, 0xe8] + bytes("done"))
        #expect(Array(buffer: Frame.close(3000)) == [0x88, 2, 0x0b, 0xb8])
    }
}

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

    @Test func `entering a real-time game makes a ping due`() {
        var heartbeat = Heartbeat(now: .start)
        #expect(heartbeat.beat(at: .at(.seconds(5)), isRealTime: false) == .nothing)
        #expect(heartbeat.beat(at: .at(.seconds(5)), isRealTime: true) == .ping)
    }
}
