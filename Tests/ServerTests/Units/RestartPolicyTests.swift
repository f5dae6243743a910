import Testing

@testable import ParlorServer

@Suite struct RestartPolicyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let end: RestartPolicy.End
        var guilty: UInt64?
        var isStopping = false
        let action: RestartPolicy.Action
    }

    private static let cases = [
        Case(testDescription: "done is done", end: .exit(0), action: .exit(0)),
        Case(testDescription: "a bad command line", end: .exit(64), action: .exit(64)),
        Case(testDescription: "a bad configuration", end: .exit(78), action: .exit(78)),
        Case(testDescription: "a bad configuration after a trap", end: .exit(78), guilty: 5, action: .exit(78)),
        Case(testDescription: "a port in use", end: .exit(1), action: .exit(1)),
        Case(
            testDescription: "any code with a game to blame", end: .exit(1), guilty: 5, action: .restart(after: .zero)),
        Case(testDescription: "a trap", end: .signal(4), guilty: 5, action: .restart(after: .zero)),
        Case(testDescription: "a kill", end: .signal(9), action: .restart(after: .zero)),
        Case(testDescription: "a stop that somebody asked for", end: .exit(1), isStopping: true, action: .exit(1)),
        Case(
            testDescription: "a trap while stopping", end: .signal(4), guilty: 5, isStopping: true,
            action: .exit(128 + 4)),
    ]

    @Test(arguments: cases) func `what becomes of a server that has ended`(_ example: Case) {
        var policy = RestartPolicy()
        let action = policy.ended(
            example.end, after: .seconds(60), guiltyFlight: example.guilty, isStopping: example.isStopping)
        #expect(action == example.action)
    }

    @Test func `a black box that nobody has read since accuses once`() {
        var policy = RestartPolicy()
        #expect(
            policy.ended(.signal(4), after: .seconds(60), guiltyFlight: 5, isStopping: false)
                == .restart(after: .zero))
        // The next server did not come far enough to read it: that one had a reason of its own.
        #expect(policy.ended(.exit(1), after: .zero, guiltyFlight: 5, isStopping: false) == .exit(1))
    }

    @Test func `one that dies at once is waited for longer each time, up to a bound`() {
        var policy = RestartPolicy()
        let delays = (0..<12).map { _ in policy.ended(.signal(9), after: .zero, guiltyFlight: nil, isStopping: false) }
        let expected: [Duration] =
            [.zero] + [250, 500, 1000, 2000, 4000, 8000, 16_000].map(Duration.milliseconds)
            + Array(repeating: .seconds(30), count: 4)
        #expect(delays == expected.map { .restart(after: $0) })
    }

    @Test func `one that was well for a while is started at once`() {
        var policy = RestartPolicy()
        for _ in 0..<5 { _ = policy.ended(.signal(9), after: .zero, guiltyFlight: nil, isStopping: false) }
        let action = policy.ended(.signal(9), after: Limits.soundRun, guiltyFlight: nil, isStopping: false)
        #expect(action == .restart(after: .zero))
    }
}
