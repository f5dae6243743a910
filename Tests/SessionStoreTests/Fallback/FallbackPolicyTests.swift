import Testing

@testable import SessionStore

@Suite struct FallbackPolicyTests {
    private typealias Action = FallbackPolicy.Action
    private static let first = Pulse(dataID: "a", runID: "1")

    private func healthy() -> FallbackPolicy {
        var policy = FallbackPolicy(now: 0)
        _ = policy.probeSucceeded(Self.first, generation: 0, at: 1)
        _ = policy.debtPaid(at: 2)
        return policy
    }

    @Test func `nothing is known before the first look, so SQLite serves`() {
        let policy = FallbackPolicy(now: 5)
        #expect(policy.state == .degraded && policy.since == 5 && policy.switches == 0)
        #expect(policy.pause == .milliseconds(250))
    }

    @Test func `Redis serves once it was seen and paid`() {
        var policy = FallbackPolicy(now: 0)
        #expect(policy.probeSucceeded(Self.first, generation: 0, at: 1) == [.pay(isSuspicious: false)])
        #expect(policy.state == .recovering && policy.pause == .milliseconds(250))
        let actions = policy.debtPaid(at: 2)
        #expect(actions == [.report(.healthy, reason: "Redis answers, and has all that was owed to it"), .recovered])
        #expect(policy.state == .healthy && policy.since == 2 && policy.pause == .seconds(1))
    }

    @Test func `a Redis that is down from the start is told of once`() {
        var policy = FallbackPolicy(now: 0)
        #expect(policy.probeFailed("refused", generation: 0, at: 1) == [.report(.degraded, reason: "refused")])
        #expect(policy.probeFailed("refused", generation: 0, at: 2) == [])
        #expect(policy.lastError == "refused" && policy.switches == 1 && policy.since == 0)
    }

    @Test(arguments: ["command", "look"])
    func `the first failure switches, and the others are only noted`(_ cause: String) {
        var policy = healthy()
        let generation = policy.generation
        let fail = { (policy: inout FallbackPolicy) in
            cause == "command"
                ? policy.primaryFailed("gone", generation: generation, at: 7)
                : policy.probeFailed("gone", generation: generation, at: 7)
        }
        #expect(fail(&policy) == [.report(.degraded, reason: "gone")])
        #expect(fail(&policy) == [])
        #expect(policy.state == .degraded && policy.since == 7 && policy.switches == 1 && policy.lastError == "gone")
    }

    @Test func `a failure of what was begun before the last switch does not switch again`() {
        var policy = healthy()
        let generation = policy.generation
        _ = policy.primaryFailed("gone", generation: generation, at: 3)
        _ = policy.probeSucceeded(Self.first, generation: policy.generation, at: 4)
        #expect(policy.primaryFailed("late", generation: generation, at: 5) == [])
        #expect(policy.state == .recovering)
        _ = policy.debtPaid(at: 6)
        #expect(policy.primaryFailed("late", generation: generation, at: 7) == [])
        #expect(policy.probeFailed("late", generation: generation, at: 7) == [])
        #expect(policy.state == .healthy && policy.switches == 1)
    }

    @Test func `a look begun before a failure does not bring Redis back`() {
        var policy = healthy()
        let generation = policy.generation
        _ = policy.primaryFailed("gone", generation: generation, at: 3)
        #expect(policy.probeSucceeded(Self.first, generation: generation, at: 4) == [])
        #expect(policy.state == .degraded)
    }

    @Test func `what cannot be paid leaves SQLite serving, and is not told of again`() {
        var policy = healthy()
        _ = policy.primaryFailed("gone", generation: policy.generation, at: 3)
        for _ in 0..<3 {
            let actions = policy.probeSucceeded(Self.first, generation: policy.generation, at: 4)
            #expect(actions == [.pay(isSuspicious: false)])
            #expect(policy.payingFailed("gone again", at: 5) == [])
            #expect(policy.state == .degraded && policy.lastError == "gone again")
        }
        #expect(policy.switches == 1)
    }

    struct Change: CustomTestStringConvertible {
        let testDescription: String
        let pulse: Pulse
        let actions: [FallbackPolicy.Action]
    }

    static let changes: [Change] = [
        .init(testDescription: "the same", pulse: first, actions: []),
        .init(testDescription: "no run", pulse: Pulse(dataID: "a"), actions: []),
        .init(
            testDescription: "another run", pulse: Pulse(dataID: "a", runID: "2"), actions: [.pay(isSuspicious: true)]),
        .init(
            testDescription: "other data", pulse: Pulse(dataID: "b", runID: "1"),
            actions: [.reportDataLoss, .pay(isSuspicious: true)]),
        .init(
            testDescription: "other data of no run", pulse: Pulse(dataID: "b"),
            actions: [.reportDataLoss, .pay(isSuspicious: true)]),
        .init(
            testDescription: "another server", pulse: Pulse(dataID: "a", runID: "1", otherOwner: "x"),
            actions: [.reportOtherOwner("x")]),
    ]

    @Test(arguments: changes) func `a Redis that is another one is suspected`(_ change: Change) {
        var policy = healthy()
        #expect(policy.probeSucceeded(change.pulse, generation: policy.generation, at: 3) == change.actions)
        let isSuspicious = change.actions.contains(.pay(isSuspicious: true))
        #expect(policy.state == (isSuspicious ? .recovering : .healthy))
        // Nothing but a suspicion is told of: it was Redis that served, and it is again.
        #expect(policy.debtPaid(at: 4) == (isSuspicious ? [.recovered, .suspect] : []))
        #expect(policy.probeSucceeded(change.pulse, generation: policy.generation, at: 5) == [])
    }

    @Test func `a suspicion outlives a paying that failed`() {
        var policy = healthy()
        let other = Pulse(dataID: "a", runID: "2")
        _ = policy.probeSucceeded(other, generation: policy.generation, at: 3)
        #expect(policy.payingFailed("gone", at: 4) == [.report(.degraded, reason: "gone")])
        let actions = policy.probeSucceeded(other, generation: policy.generation, at: 5)
        #expect(actions == [.pay(isSuspicious: true)])
        #expect(policy.debtPaid(at: 6).suffix(2) == [.recovered, .suspect])
        _ = policy.primaryFailed("gone", generation: policy.generation, at: 7)
        let later = policy.probeSucceeded(other, generation: policy.generation, at: 8)
        #expect(later == [.pay(isSuspicious: false)])
    }

    @Test func `a run is remembered though a look did not see one`() {
        var policy = healthy()
        _ = policy.probeSucceeded(Pulse(dataID: "a"), generation: policy.generation, at: 3)
        let actions = policy.probeSucceeded(Pulse(dataID: "a", runID: "2"), generation: policy.generation, at: 4)
        #expect(actions == [.pay(isSuspicious: true)])
    }

    @Test func `another server is told of once, and a third one too`() {
        var policy = healthy()
        let owners = ["x", "x", nil, "x", "y"]
        let told = owners.flatMap { owner in
            policy.probeSucceeded(
                Pulse(dataID: "a", runID: "1", otherOwner: owner), generation: policy.generation, at: 3)
        }
        #expect(told == [.reportOtherOwner("x"), .reportOtherOwner("y")])
    }
}

@Suite struct OwingGateTests {
    @Test func `who shuts it waits for the last one in`() {
        var gate = OwingGate()
        let areIn = [gate.enter(), gate.enter()]
        #expect(areIn == [true, true])
        let isLast = gate.leave()
        #expect(!isLast)
        let isEmpty = gate.shut()
        let isLetIn = gate.enter()
        #expect(!isEmpty && !isLetIn)
        let isLastNow = gate.leave()
        #expect(isLastNow)
        gate.open()
        let isLetInNow = gate.enter()
        #expect(isLetInNow && gate.underWay == 1)
    }

    @Test func `an empty one is shut at once`() {
        var gate = OwingGate()
        let isEmpty = gate.shut()
        let isLetIn = gate.enter()
        #expect(isEmpty && !isLetIn)
    }
}

@Suite struct KnownSessionsTests {
    private func session(_ client: String, _ revision: UInt64, expiresAt: Int64 = 100) -> Session {
        var session = Session(client: ClientKey(rawValue: client), expiresAt: expiresAt)
        session.revision = revision
        return session
    }

    @Test func `of two the newer one is known, and of equals the one saved last`() {
        var known = KnownSessions()
        known.saved(session("a", 5))
        known.saved(session("a", 4))
        known.loaded(session("a", 3))
        #expect(known.entry(of: ClientKey(rawValue: "a")) == .session(session("a", 5)))
        known.saved(session("a", 5, expiresAt: 7))
        #expect(known.sessions == [session("a", 5, expiresAt: 7)])
    }

    @Test func `what was removed is known as removed, whatever was on its way out of a store`() {
        let client = ClientKey(rawValue: "a")
        var known = KnownSessions()
        known.saved(session("a", 5))
        known.removed(client, revision: 4)
        #expect(known.entry(of: client) == .session(session("a", 5)))
        known.removed(client, revision: 5)
        known.loaded(session("a", 5))
        #expect(known.entry(of: client) == .removed(revision: 5))
        #expect(known.sessions == [])
        known.saved(session("a", 1))
        #expect(known.sessions == [session("a", 1)])
    }

    @Test func `those that were not used for longest are given up`() {
        var known = KnownSessions(capacity: 3)
        for round in 1...50 as ClosedRange<UInt64> {
            for client in ["a", "b", "c"] { known.saved(session(client, round)) }
        }
        known.saved(session("a", 51))
        known.saved(session("d", 1))
        #expect(known.count == 3)
        #expect(Set(known.sessions.map(\.client.rawValue)) == ["a", "c", "d"])
    }

    @Test func `what has expired is not known`() {
        var known = KnownSessions()
        known.saved(session("a", 1, expiresAt: 10))
        known.saved(session("b", 1, expiresAt: 11))
        known.removeExpired(now: 10)
        #expect(known.sessions.map(\.client.rawValue) == ["b"])
    }
}
