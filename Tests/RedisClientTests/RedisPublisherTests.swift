import NIOCore
import Synchronization
import Testing

@testable import RedisClient

@Suite struct RedisPublisherTests {
    /// A Redis that gives prepared answers, and a time that passes at once.
    private final class Stage: Sendable {
        struct State {
            var replies: [Result<RedisValue, RedisError>]
            var sent: [RedisCommand] = []
            var waits: [TimeAmount] = []
            var stalled: [@Sendable () -> Void] = []
        }

        let state: Mutex<State>
        private let stalls: Bool

        init(_ replies: [Result<RedisValue, RedisError>], stalls: Bool = false) {
            state = Mutex(State(replies: replies))
            self.stalls = stalls
        }

        var publisher: RedisPublisher {
            RedisPublisher(
                send: { command, completion in
                    let reply = self.state.withLock { state in
                        state.sent.append(command)
                        return state.replies.count > 1 ? state.replies.removeFirst() : state.replies[0]
                    }
                    completion(reply)
                },
                wait: { delay, then in
                    self.state.withLock { state in
                        state.waits.append(delay)
                        if self.stalls { state.stalled.append(then) }
                    }
                    if !self.stalls { then() }
                })
        }

        var waits: [TimeAmount] { state.withLock { $0.waits } }
        var sent: [RedisCommand] { state.withLock { $0.sent } }
    }

    private static let away = RedisError(.unreachable, "connection refused")
    private static let publish = RedisCommand("PUBLISH", ["lobby", .bytes([1, 2])])

    @Test func `what is published is counted`() async throws {
        let stage = Stage([.success(.integer(3))])
        let publisher = stage.publisher
        #expect(try await publisher.publish([1, 2], to: "lobby") == 3)
        #expect(stage.sent == [Self.publish])
        #expect(stage.waits == [])
        #expect(publisher.counts.published == 1 && publisher.counts.failed == 0 && publisher.counts.repeated == 0)
    }

    @Test func `a message is tried again after 100, 200 and 400 ms and then given up and counted`() async {
        let stage = Stage([.failure(Self.away)])
        let publisher = stage.publisher
        await #expect(throws: Self.away) { try await publisher.publish([1, 2], to: "lobby") }
        #expect(stage.sent == [Self.publish, Self.publish, Self.publish, Self.publish])
        #expect(stage.waits == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(publisher.counts.failed == 1 && publisher.counts.repeated == 3 && publisher.counts.waiting == 0)
    }

    @Test(arguments: 1...3) func `a fault that passes costs nothing but time`(_ faults: Int) async throws {
        let stage = Stage(Array(repeating: .failure(Self.away), count: faults) + [.success(.integer(1))])
        let publisher = stage.publisher
        #expect(try await publisher.publish([1, 2], to: "lobby") == 1)
        #expect(stage.waits == Array(PublishRetry.delays.prefix(faults)))
        #expect(publisher.counts.published == 1 && publisher.counts.failed == 0)
        #expect(publisher.counts.repeated == faults)
    }

    @Test(arguments: [
        (RedisError(.unreachable, ""), true), (RedisError(.connectionLost, ""), true),
        (RedisError(.deadline, ""), true), (RedisError(.overloaded, ""), true),
        (RedisError(.protocolViolation, ""), true), (RedisError(.notWritable, "READONLY"), true),
        (RedisError(.notReady, "LOADING"), true), (RedisError(.moved, "CLUSTERDOWN"), true),
        (RedisError(.moved, "MOVED"), false), (RedisError(.closed, ""), false), (RedisError(.notAllowed, ""), false),
        (RedisError(.refused, "ERR"), false), (RedisError(.noScript, "NOSCRIPT"), false),
    ]) func `only what may pass is tried again`(_ error: RedisError, _ passes: Bool) async {
        let stage = Stage([.failure(error)])
        let publisher = stage.publisher
        await #expect(throws: error) { try await publisher.publish([1, 2], to: "lobby") }
        #expect(stage.sent.count == (passes ? 4 : 1))
        #expect(publisher.counts.failed == 1)
    }

    @Test func `when too many wait the next one fails at once`() {
        let stage = Stage([.failure(Self.away)], stalls: true)
        let publisher = stage.publisher
        for _ in 0..<RedisPublisher.mostWaiting { publisher.publish([], to: "lobby") { _ in } }
        #expect(publisher.counts.waiting == RedisPublisher.mostWaiting && publisher.counts.failed == 0)
        let outcome = Mutex<Result<Int, RedisError>?>(nil)
        publisher.publish([], to: "lobby") { result in outcome.withLock { $0 = result } }
        #expect(outcome.withLock { $0 } == .failure(Self.away))
        #expect(publisher.counts.failed == 1)
    }

    @Test func `an answer that is no number is a fault`() async {
        let publisher = Stage([.success(.status("OK"))]).publisher
        await #expect(throws: RedisError.self) { try await publisher.publish([], to: "lobby") }
    }
}
