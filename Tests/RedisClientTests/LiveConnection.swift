import NIOCore
import NIOPosix
import RedisClient
import Synchronization

/// A connection that is ready, and the phases it went through.
final class LiveConnection: Sendable {
    let redis: RedisConnection
    let phases: Phases

    init(_ server: LiveServer, _ change: (inout RedisConfiguration) -> Void = { _ in }) async throws {
        var configuration = RedisConfiguration(.one(server.address))
        configuration.deadline = .seconds(30)
        change(&configuration)
        let phases = Phases()
        self.phases = phases
        redis = RedisConnection(configuration, on: MultiThreadedEventLoopGroup.singleton.next()) { phases.append($0) }
        await phases.first { $0.phase == .ready }
    }
}

/// What `onChange` told, and whoever waits for it.
final class Phases: Sendable {
    private struct State {
        var told: [RedisStatus] = []
        var waiting: [(@Sendable (RedisStatus) -> Bool, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var told: [RedisStatus] { state.withLock { $0.told } }

    func append(_ status: RedisStatus) {
        let found = state.withLock { state in
            state.told.append(status)
            let found = state.waiting.filter { $0.0(status) }
            state.waiting.removeAll { $0.0(status) }
            return found
        }
        for (_, continuation) in found { continuation.resume() }
    }

    /// Waits until the connection was so, after the first `seen` of what was told.
    func first(after seen: Int = 0, where isWanted: @escaping @Sendable (RedisStatus) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.told.dropFirst(seen).contains(where: isWanted) { return true }
                state.waiting.append((isWanted, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

/// Commands sent one after another, many always under way, until the first one fails; and how often each was answered.
final class Traffic: Sendable {
    private struct State {
        var answers: [Int] = []
        var answered = 0
        var codes: Set<RedisError.Code> = []
        var waiting: [(@Sendable (Int, Bool) -> Bool, CheckedContinuation<Void, Never>)] = []

        var isOver: Bool { !codes.isEmpty && answered >= answers.count }
    }

    private let redis: RedisConnection
    private let state = Mutex(State())

    init(_ redis: RedisConnection) { self.redis = redis }

    var answers: [Int] { state.withLock { $0.answers } }
    var codes: Set<RedisError.Code> { state.withLock { $0.codes } }

    func start() {
        for _ in 0..<64 { sendNext() }
    }

    func answered(_ count: Int) async { await wait { answered, _ in answered >= count } }

    /// One has failed, and none is under way any more.
    func over() async { await wait { _, isOver in isOver } }

    private func wait(until isMet: @escaping @Sendable (Int, Bool) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if isMet(state.answered, state.isOver) { return true }
                state.waiting.append((isMet, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func sendNext() {
        let number = state.withLock { state -> Int? in
            guard state.codes.isEmpty else { return nil }
            state.answers.append(0)
            return state.answers.count - 1
        }
        guard let number else { return }
        redis.send(RedisCommand("INCR", ["n"])) { reply in
            self.note(number, reply)
            self.sendNext()
        }
    }

    private func note(_ number: Int, _ reply: Result<RedisValue, RedisError>) {
        let met = state.withLock { state in
            state.answers[number] += 1
            state.answered += 1
            if case .failure(let error) = reply { state.codes.insert(error.code) }
            let (answered, isOver) = (state.answered, state.isOver)
            let met = state.waiting.filter { $0.0(answered, isOver) }
            state.waiting.removeAll { $0.0(answered, isOver) }
            return met
        }
        for (_, continuation) in met { continuation.resume() }
    }
}
