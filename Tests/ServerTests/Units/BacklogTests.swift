import NIOCore
import Testing

@testable import ParlorServer

@Suite struct BacklogTests {
    private static func backlog(bytes: Int = 100, seconds: Int = 10) -> Backlog {
        var limits = Limits()
        limits.outboxBytes = bytes
        limits.outboxTime = .seconds(seconds)
        return Backlog(limits)
    }

    @Test func `up to the bound there is no hurry`() {
        var backlog = Self.backlog()
        for hour in 0..<3 { #expect(backlog.judge(100, at: .at(.hours(Int64(hour)))) == .small) }
    }

    @Test func `over the bound for too long is hopeless, and every return below it begins anew`() {
        var backlog = Self.backlog()
        #expect(backlog.judge(101, at: .start) == .large)
        #expect(backlog.judge(101, at: .at(.seconds(9))) == .large)
        #expect(backlog.judge(100, at: .at(.milliseconds(9500))) == .small)
        #expect(backlog.judge(101, at: .at(.seconds(10))) == .large)
        #expect(backlog.judge(101, at: .at(.seconds(20))) == .hopeless)
    }

    @Test func `far over the bound is hopeless at once`() {
        var backlog = Self.backlog()
        #expect(backlog.judge(100 * Limits.outboxExcess, at: .start) == .large)
        #expect(backlog.judge(100 * Limits.outboxExcess + 1, at: .start) == .hopeless)
    }

    @Test func `no bound is none, and no time is patience without end`() {
        var unbounded = Self.backlog(bytes: 0)
        #expect(unbounded.judge(.max, at: .start) == .small)
        var patient = Self.backlog(seconds: 0)
        _ = patient.judge(101, at: .start)
        #expect(patient.judge(101, at: .at(.hours(24))) == .large)
    }
}

@Suite struct OutboxBudgetTests {
    @Test func `those who are owed most go first, and no more than must`() {
        let budget = OutboxBudget(total: 2000, loops: 2)
        let debtors = [("a", 300), ("b", 900), ("c", 0), ("d", 500), ("e", 400)]
        for (_, owed) in debtors { budget.change(by: owed) }
        #expect(budget.isExceeded)
        #expect(budget.sacrifices(among: debtors.map { (debtor: $0.0, owed: $0.1) }) == ["b", "d"])
        budget.change(by: -1100)
        #expect(!budget.isExceeded)
        #expect(budget.sacrifices(among: debtors.map { (debtor: $0.0, owed: $0.1) }).isEmpty)
    }

    @Test func `no total is no budget`() {
        let budget = OutboxBudget(total: 0, loops: 2)
        budget.change(by: 1 << 40)
        #expect(!budget.isExceeded)
    }
}
