internal import Synchronization

/// The figures of this process, counted where things happen and read by `/metrics`. Names are in ``MetricsText``; labels
/// are bounded: a game, a close code, never a room or a person.
final class Metrics: Sendable {
    private let messagesIn = Atomic<Int>(0)
    private let bytesIn = Atomic<Int>(0)
    private let messagesOut = Atomic<Int>(0)
    private let bytesOut = Atomic<Int>(0)
    private let failedCommits = Atomic<Int>(0)
    private let replacedStates = Atomic<Int>(0)
    private let refusals = Dictionary(uniqueKeysWithValues: LimitName.allCases.map { ($0, Counter()) })
    private let rare = Mutex(Rare())

    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)

        var count: Int { value.load(ordering: .relaxed) }
        func add() { value.wrappingAdd(1, ordering: .relaxed) }
    }

    /// What happens seldom enough to be counted under a lock.
    struct Rare {
        var closes: [CloseCode: Int] = [:]
        var rooms: [String: Int] = [:]
        /// By what was wrong with them; nil: nothing.
        var tokens: [TokenFault?: Int] = [:]
    }

    func received(_ bytes: Int) {
        messagesIn.wrappingAdd(1, ordering: .relaxed)
        bytesIn.wrappingAdd(bytes, ordering: .relaxed)
    }

    /// What one flush has written.
    struct Sent {
        var messages = 0
        var bytes = 0
    }

    func sent(_ sent: Sent) {
        messagesOut.wrappingAdd(sent.messages, ordering: .relaxed)
        bytesOut.wrappingAdd(sent.bytes, ordering: .relaxed)
    }

    func statesReplaced(_ count: Int = 1) { replacedStates.wrappingAdd(count, ordering: .relaxed) }
    func commitFailed() { failedCommits.wrappingAdd(1, ordering: .relaxed) }
    func closed(_ code: CloseCode) { rare.withLock { $0.closes[code, default: 0] += 1 } }
    /// - Parameter fault: nil: it was believed.
    func tokenShown(_ fault: TokenFault?) { rare.withLock { $0.tokens[fault, default: 0] += 1 } }
    /// Somebody met a limit. Whoever floods meets one with each message.
    func refused(_ limit: LimitName) { refusals[limit]?.add() }
    func roomOpened(_ gameType: String) { rare.withLock { $0.rooms[gameType, default: 0] += 1 } }
    func roomClosed(_ gameType: String) { rare.withLock { $0.rooms[gameType, default: 0] -= 1 } }

    struct Reading: Sendable {
        let messagesIn, bytesIn, messagesOut, bytesOut, failedCommits, replacedStates: Int
        let closes: [CloseCode: Int]
        let rooms: [String: Int]
        let tokens: [TokenFault?: Int]
        let refusals: [LimitName: Int]
    }

    func read() -> Reading {
        let rare = rare.withLock { $0 }
        return Reading(
            messagesIn: messagesIn.load(ordering: .relaxed), bytesIn: bytesIn.load(ordering: .relaxed),
            messagesOut: messagesOut.load(ordering: .relaxed), bytesOut: bytesOut.load(ordering: .relaxed),
            failedCommits: failedCommits.load(ordering: .relaxed),
            replacedStates: replacedStates.load(ordering: .relaxed), closes: rare.closes, rooms: rare.rooms,
            tokens: rare.tokens, refusals: refusals.mapValues(\.count))
    }
}
