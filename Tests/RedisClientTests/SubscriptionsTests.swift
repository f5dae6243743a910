import NIOCore
import Testing

@testable import RedisClient

@Suite struct SubscriptionsTests {
    private typealias Action = Subscriptions.Action
    private typealias Reply = Result<RedisValue, RedisError>

    private var subscriptions = Subscriptions(keepAlive: .seconds(5), deadline: .milliseconds(500))

    private func at(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .milliseconds(milliseconds) }

    private func told(_ words: String..., count: Int64? = nil) -> Reply {
        .success(.array(words.map { .bytes(Array($0.utf8)) } + (count.map { [.integer($0)] } ?? [])))
    }

    private func subscribe(_ channel: String) -> Action { .send(RedisCommand("SUBSCRIBE", [.text(channel)])) }
    private let ping = Action.send(RedisCommand("PING"))

    /// Connected and confirmed.
    private mutating func live(_ channels: String...) {
        for channel in channels { _ = subscriptions.want(channel, at: at(0)) }
        _ = subscriptions.connected(at: at(0))
        for channel in channels { _ = subscriptions.received(told("subscribe", channel, count: 1), at: at(0)) }
    }

    @Test mutating func `what was wanted before is subscribed when the connection is there`() {
        #expect(subscriptions.want("b", at: at(0)) == [])
        #expect(subscriptions.want("a", at: at(0)) == [])
        #expect(subscriptions.connected(at: at(1)) == [subscribe("a"), subscribe("b")])
        #expect(subscriptions.live == 0)
        #expect(subscriptions.received(told("subscribe", "a", count: 1), at: at(2)) == [])
        #expect(subscriptions.received(told("subscribe", "b", count: 2), at: at(2)) == [])
        #expect(subscriptions.live == 2)
    }

    @Test mutating func `what is wanted later is subscribed at once, and once`() {
        live()
        #expect(subscriptions.want("a", at: at(0)) == [subscribe("a")])
        #expect(subscriptions.want("a", at: at(0)) == [])
    }

    @Test mutating func `messages are handed over in order`() {
        live("a", "b")
        #expect(
            subscriptions.received(told("message", "a", "one"), at: at(0))
                == [.deliver(Array("one".utf8), channel: "a")])
        #expect(
            subscriptions.received(told("message", "b", ""), at: at(0)) == [.deliver([], channel: "b")])
    }

    @Test mutating func `messages come between questions and their answers`() {
        live("a")
        _ = subscriptions.want("b", at: at(0))
        #expect(
            subscriptions.received(told("message", "a", "one"), at: at(0))
                == [.deliver(Array("one".utf8), channel: "a")])
        #expect(subscriptions.received(told("subscribe", "b", count: 2), at: at(0)) == [])
        #expect(subscriptions.live == 2)
    }

    @Test mutating func `a message that nobody wants any more is dropped and counted`() {
        live("a")
        #expect(subscriptions.forget("a", at: at(0)) == [.send(RedisCommand("UNSUBSCRIBE", ["a"]))])
        #expect(subscriptions.forget("a", at: at(0)) == [])
        #expect(subscriptions.received(told("message", "a", "one"), at: at(0)) == [])
        #expect(subscriptions.unwanted == 1)
        #expect(subscriptions.received(told("unsubscribe", "a", count: 0), at: at(0)) == [])
        #expect(subscriptions.live == 0)
    }

    @Test mutating func `a channel that is wanted again before it is gone is live in the end`() {
        live("a")
        _ = subscriptions.forget("a", at: at(0))
        _ = subscriptions.want("a", at: at(0))
        _ = subscriptions.received(told("unsubscribe", "a", count: 0), at: at(0))
        #expect(subscriptions.live == 0)
        _ = subscriptions.received(told("subscribe", "a", count: 1), at: at(0))
        #expect(subscriptions.live == 1)
    }

    // MARK: Again

    @Test mutating func `after a loss all is subscribed again, and whoever may have missed something is told once`() {
        live("a", "b")
        subscriptions.disconnected()
        #expect(subscriptions.live == 0)
        #expect(subscriptions.connected(at: at(9)) == [subscribe("a"), subscribe("b")])
        #expect(subscriptions.received(told("subscribe", "a", count: 1), at: at(9)) == [])
        #expect(subscriptions.received(told("subscribe", "b", count: 2), at: at(9)) == [.resubscribed])
        _ = subscriptions.want("c", at: at(9))
        #expect(subscriptions.received(told("subscribe", "c", count: 3), at: at(9)) == [])
    }

    @Test mutating func `a second loss while subscribing again is one that may have missed something too`() {
        live("a")
        subscriptions.disconnected()
        _ = subscriptions.connected(at: at(1))
        subscriptions.disconnected()
        subscriptions.disconnected()
        #expect(subscriptions.connected(at: at(2)) == [subscribe("a")])
        #expect(subscriptions.received(told("subscribe", "a", count: 1), at: at(2)) == [.resubscribed])
    }

    @Test mutating func `a first connection misses nothing`() {
        _ = subscriptions.want("a", at: at(0))
        subscriptions.disconnected()
        _ = subscriptions.connected(at: at(1))
        #expect(subscriptions.received(told("subscribe", "a", count: 1), at: at(1)) == [])
    }

    @Test mutating func `what was given up while there was no connection is not subscribed again`() {
        live("a", "b")
        subscriptions.disconnected()
        #expect(subscriptions.forget("a", at: at(0)) == [])
        #expect(subscriptions.connected(at: at(1)) == [subscribe("b")])
    }

    // MARK: Keep-alive

    @Test mutating func `silence is asked about, and without an answer it is death`() {
        live("a")
        #expect(subscriptions.nextDeadline == at(5000))
        #expect(subscriptions.timePassed(at: at(4999)) == [])
        #expect(subscriptions.timePassed(at: at(5000)) == [ping])
        #expect(subscriptions.nextDeadline == at(5500))
        #expect(subscriptions.timePassed(at: at(5499)) == [])
        #expect(
            subscriptions.timePassed(at: at(5500))
                == [.lost(RedisError(.deadline, "no answer to a subscriber in time"))])
    }

    @Test mutating func `an answer is a sign of life`() {
        live("a")
        _ = subscriptions.timePassed(at: at(5000))
        #expect(subscriptions.received(told("pong", ""), at: at(5100)) == [])
        #expect(subscriptions.nextDeadline == at(10_100))
        #expect(subscriptions.timePassed(at: at(10_099)) == [])
        #expect(subscriptions.timePassed(at: at(10_100)) == [ping])
    }

    @Test mutating func `messages are signs of life, also before an answer`() {
        live("a")
        _ = subscriptions.received(told("message", "a", "one"), at: at(4000))
        #expect(subscriptions.timePassed(at: at(5000)) == [])
        #expect(subscriptions.timePassed(at: at(9000)) == [ping])
        _ = subscriptions.received(told("message", "a", "two"), at: at(9400))
        #expect(subscriptions.timePassed(at: at(9500)) == [])
        #expect(subscriptions.nextDeadline == at(9900))
        guard case .lost? = subscriptions.timePassed(at: at(9900)).first else {
            Issue.record("it lives")
            return
        }
    }

    @Test mutating func `without a channel the answer is an ordinary one`() {
        live()
        #expect(subscriptions.timePassed(at: at(5000)) == [ping])
        #expect(subscriptions.received(.success(.status("PONG")), at: at(5001)) == [])
        #expect(subscriptions.nextDeadline == at(10_001))
    }

    @Test mutating func `a subscription that is not confirmed in time is death too`() {
        _ = subscriptions.want("a", at: at(0))
        _ = subscriptions.connected(at: at(0))
        #expect(subscriptions.nextDeadline == at(500))
        guard case .lost? = subscriptions.timePassed(at: at(500)).first else {
            Issue.record("it lives")
            return
        }
    }

    @Test mutating func `without a connection there is nothing to wait for`() {
        #expect(subscriptions.nextDeadline == nil)
        live("a")
        subscriptions.disconnected()
        #expect(subscriptions.nextDeadline == nil)
        #expect(subscriptions.timePassed(at: at(99_999)) == [])
    }

    // MARK: Refusals and nonsense

    @Test mutating func `a forbidden channel leaves the others alone and is asked for again`() {
        _ = subscriptions.want("a", at: at(0))
        _ = subscriptions.want("b", at: at(0))
        _ = subscriptions.connected(at: at(0))
        #expect(subscriptions.received(.failure(RedisError(.notAllowed, "NOPERM")), at: at(10)) == [])
        #expect(subscriptions.received(told("subscribe", "b", count: 1), at: at(10)) == [])
        #expect(subscriptions.live == 1)
        #expect(subscriptions.error == RedisError(.notAllowed, "a channel is forbidden to us"))
        _ = subscriptions.received(told("message", "b", "one"), at: at(4000))
        #expect(subscriptions.nextDeadline == at(5010))
        #expect(subscriptions.timePassed(at: at(5010)) == [subscribe("a")])
        #expect(subscriptions.received(told("subscribe", "a", count: 2), at: at(5020)) == [])
        #expect(subscriptions.live == 2)
        #expect(subscriptions.error == nil)
    }

    @Test mutating func `a forbidden channel that is given up is forgotten`() {
        live()
        _ = subscriptions.want("a", at: at(0))
        _ = subscriptions.received(.failure(RedisError(.notAllowed, "NOPERM")), at: at(0))
        #expect(subscriptions.forget("a", at: at(0)) == [])
        #expect(subscriptions.error == nil)
        #expect(subscriptions.timePassed(at: at(5000)) == [ping])
    }

    private static func words(_ words: String...) -> RedisValue { .array(words.map { .bytes(Array($0.utf8)) }) }

    @Test(arguments: [
        RedisValue.status("OK"), .null, .integer(1), .array([]), .array([.integer(1)]), words("message", "a"),
        words("message", "a", "one", "two"), .array([.bytes(Array("message".utf8)), .null, .null]),
        words("subscribe", "a"), words("subscribe"), words("unsubscribe", "a"), words("pong", ""), .status("PONG"),
        words("pmessage", "*", "a", "one"),
    ]) mutating func `what nobody asked for ends the connection`(_ reply: RedisValue) {
        live("a")
        guard case .lost(let error)? = subscriptions.received(.success(reply), at: at(0)).first else {
            Issue.record("it was taken")
            return
        }
        #expect(error.code == .protocolViolation)
    }

    @Test mutating func `answers in another order end the connection`() {
        live()
        _ = subscriptions.want("a", at: at(0))
        _ = subscriptions.want("b", at: at(0))
        guard case .lost? = subscriptions.received(told("subscribe", "b", count: 1), at: at(0)).first else {
            Issue.record("it was taken")
            return
        }
    }

    @Test mutating func `an error that is no refusal ends the connection`() {
        live()
        _ = subscriptions.want("a", at: at(0))
        let error = RedisError(.notReady, "LOADING")
        #expect(subscriptions.received(.failure(error), at: at(0)) == [.lost(error)])
    }

    @Test mutating func `nothing is taken when there is no connection`() {
        live("a")
        subscriptions.disconnected()
        #expect(subscriptions.received(told("message", "a", "one"), at: at(0)) == [])
    }
}
