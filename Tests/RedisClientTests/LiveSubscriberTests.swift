import NIOCore
import NIOPosix
import RedisClient
import RedisLab
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LiveSubscriberTests {
    @Test func `what is published is handed over in order`() async throws {
        try await RedisServer.with { server throws in
            let live = LiveSubscriber(port: server.port)
            live.subscribe("a")
            await live.changes.first { $0.confirmed == 1 }
            for number in 0..<1000 { #expect(try server.command("PUBLISH", "a", "\(number)") == .integer(1)) }
            await live.told.count(1000)
            #expect(live.told.all == (0..<1000).map { "a: \($0)" })
            await live.redis.close()
            try LabWait.until("a server that knows it") {
                try server.command("PUBLISH", "a", "late") == .integer(0) ? true : nil
            }
        }
    }

    @Test func `a connection that dies in silence is noticed, and what is published afterwards comes`() async throws {
        try await RedisServer.with { server throws in
            try await FaultProxy.with(to: server.port) { proxy in
                let live = LiveSubscriber(port: proxy.port, keepAlive: .milliseconds(100), deadline: .seconds(1))
                for channel in ["a", "b", "c"] { live.subscribe(channel) }
                await live.changes.first { $0.confirmed == 3 }
                let start = ContinuousClock.now
                try await proxy.silence()
                try server.command("PUBLISH", "a", "missed")
                await live.resubscribed.count(1)
                print("a silent end was noticed and mended in \(ContinuousClock.now - start)")
                #expect(live.redis.status.reconnects == 1 && live.redis.status.resubscriptions == 1)
                #expect(live.redis.status.confirmed == 3)
                for channel in ["a", "b", "c"] { try server.command("PUBLISH", channel, "after") }
                await live.told.count(3)
                #expect(live.told.all == ["a: after", "b: after", "c: after"])
                await live.redis.close()
            }
        }
    }

    @Test func `a quiet connection is kept`() async throws {
        try await RedisServer.with { server throws in
            let live = LiveSubscriber(port: server.port, keepAlive: .milliseconds(10), deadline: .seconds(5))
            live.subscribe("a")
            await live.changes.first { $0.confirmed == 1 }
            // Redis counts what it is asked: two of these pings are no part of the handshake.
            try LabWait.until("pings that are answered") {
                let calls = try server.command("INFO", "commandstats").text?.split(whereSeparator: \.isNewline).first {
                    $0.hasPrefix("cmdstat_ping:calls=")
                }
                return (calls?.drop { !$0.isNumber }.prefix { $0.isNumber }).flatMap { Int($0) } ?? 0 > 20 ? true : nil
            }
            #expect(live.redis.status.reconnects == 0)
            #expect(try server.command("PUBLISH", "a", "still") == .integer(1))
            await live.told.count(1)
            await live.redis.close()
        }
    }

    @Test func `after a restart of the server everything is subscribed again`() async throws {
        try await RedisServer.with { server throws in
            let live = LiveSubscriber(port: server.port)
            live.subscribe("a")
            await live.changes.first { $0.confirmed == 1 }
            try await server.kill()
            live.subscribe("b")
            try await server.restart()
            await live.resubscribed.count(1)
            try server.command("PUBLISH", "a", "1")
            try server.command("PUBLISH", "b", "2")
            await live.told.count(2)
            #expect(live.told.all == ["a: 1", "b: 2"])
            await live.redis.close()
        }
    }

    @Test func `a frozen server is left, and found again when it goes on`() async throws {
        try await RedisServer.with { server throws in
            let live = LiveSubscriber(port: server.port, keepAlive: .milliseconds(50), deadline: .milliseconds(200))
            live.subscribe("a")
            await live.changes.first { $0.confirmed == 1 }
            try await server.pause()
            await live.changes.first { $0.phase == .waiting }
            try await server.resume()
            await live.resubscribed.count(1)
            try server.command("PUBLISH", "a", "after")
            await live.told.count(1)
            await live.redis.close()
        }
    }

    @Test func `garbage ends the connection and nothing of it is handed over`() async throws {
        try await RedisServer.with { server throws in
            try await FaultProxy.with(to: server.port) { proxy in
                let live = LiveSubscriber(port: proxy.port)
                live.subscribe("a")
                await live.changes.first { $0.confirmed == 1 }
                try await proxy.garble(seed: 1)
                try server.command("PUBLISH", "a", "never seen")
                await live.changes.first { $0.phase == .waiting }
                try await proxy.pass()
                await live.resubscribed.count(1)
                try server.command("PUBLISH", "a", "seen")
                await live.told.count(1)
                #expect(live.told.all == ["a: seen"])
                await live.redis.close()
            }
        }
    }

    @Test func `messages in pieces are whole`() async throws {
        try await RedisServer.with { server throws in
            try await FaultProxy.with(to: server.port) { proxy in
                try await proxy.chop(.toClient)
                let live = LiveSubscriber(port: proxy.port, deadline: .seconds(10))
                live.subscribe("a")
                await live.changes.first { $0.confirmed == 1 }
                for word in ["one", "", "three"] { try server.command("PUBLISH", "a", word) }
                await live.told.count(3)
                #expect(live.told.all == ["a: one", "a: ", "a: three"])
                await live.redis.close()
            }
        }
    }

    @Test func `what is given up is unsubscribed`() async throws {
        try await RedisServer.with { server throws in
            let live = LiveSubscriber(port: server.port)
            live.subscribe("a")
            live.subscribe("b")
            await live.changes.first { $0.confirmed == 2 }
            live.redis.unsubscribe("a")
            try LabWait.until("nobody in a") { try server.command("PUBLISH", "a", "1") == .integer(0) ? true : nil }
            #expect(try server.command("PUBLISH", "b", "2") == .integer(1))
            await live.told.contains("b: 2")
            #expect(live.redis.status.wanted == 1 && live.redis.status.confirmed == 1)
            await live.redis.close()
        }
    }

    @Test func `a forbidden channel is shown and leaves the others alone`() async throws {
        var options = RedisServer.Options()
        options.users = ["parlor on >secret ~* resetchannels &allowed +@all"]
        try await RedisServer.with(options) { server throws in
            let live = LiveSubscriber(port: server.port, keepAlive: .milliseconds(100)) {
                ($0.user, $0.password) = ("parlor", "secret")
            }
            live.subscribe("forbidden")
            live.subscribe("allowed")
            await live.changes.first { $0.confirmed == 1 && $0.error == "a channel is forbidden to us" }
            try server.command("PUBLISH", "allowed", "1")
            await live.told.count(1)
            try server.command("ACL", "SETUSER", "parlor", "&forbidden")
            await live.changes.first { $0.confirmed == 2 && $0.error == nil }
            await live.redis.close()
        }
    }

    @Test func `a message is published again when the connection is back`() async throws {
        try await RedisServer.with { server throws in
            try await FaultProxy.with(to: server.port) { proxy in
                let live = LiveSubscriber(port: server.port)
                live.subscribe("a")
                await live.changes.first { $0.confirmed == 1 }
                let loop = MultiThreadedEventLoopGroup.singleton.next()
                let connection = RedisConnection(.init(.one(.init(host: "127.0.0.1", port: proxy.port))), on: loop)
                let publisher = RedisPublisher(connection, on: loop)
                #expect(try await publisher.publish(Array("first".utf8), to: "a") == 1)
                // The reply is lost with the connection: the message comes twice.
                try await proxy.hold(.toClient)
                async let reached = publisher.publish(Array("second".utf8), to: "a")
                await live.told.contains("a: second")
                try await proxy.pass()
                try await proxy.cut()
                #expect(try await reached == 1)
                #expect(publisher.counts.published == 2 && publisher.counts.failed == 0)
                await connection.close()
                await live.redis.close()
            }
        }
    }
}

/// A subscriber, and all that it tells.
final class LiveSubscriber: Sendable {
    let redis: RedisSubscriber
    let changes = Told<RedisSubscriber.Status>()
    let resubscribed = Told<Void>()
    let told = Told<String>()

    init(
        _ configuration: RedisConfiguration, keepAlive: TimeAmount = .seconds(5)
    ) {
        redis = RedisSubscriber(
            configuration, on: MultiThreadedEventLoopGroup.singleton.next(), keepAlive: keepAlive,
            onChange: { [changes] in changes.append($0) }, onResubscribed: { [resubscribed] in resubscribed.append(()) }
        )
    }

    convenience init(
        port: Int, keepAlive: TimeAmount = .seconds(5), deadline: TimeAmount = .seconds(30),
        _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) {
        var configuration = RedisConfiguration(.one(.init(host: "127.0.0.1", port: port)))
        configuration.deadline = deadline
        change(&configuration)
        self.init(configuration, keepAlive: keepAlive)
    }

    func subscribe(_ channel: String) {
        redis.subscribe(channel) { [told] in told.append("\(channel): \(String(decoding: $0, as: UTF8.self))") }
    }
}

/// What was told, and whoever waits for it.
final class Told<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var waiting: [(@Sendable ([Item]) -> Bool, CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var all: [Item] { state.withLock { $0.items } }

    func append(_ item: Item) {
        let met = state.withLock { state in
            state.items.append(item)
            let met = state.waiting.filter { $0.0(state.items) }
            state.waiting.removeAll { $0.0(state.items) }
            return met
        }
        for (_, continuation) in met { continuation.resume() }
    }

    func count(_ count: Int) async { await wait { $0.count >= count } }

    func first(where isWanted: @escaping @Sendable (Item) -> Bool) async { await wait { $0.contains(where: isWanted) } }

    func wait(_ isMet: @escaping @Sendable ([Item]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if isMet(state.items) { return true }
                state.waiting.append((isMet, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

extension Told where Item == String {
    func contains(_ text: String) async { await first { $0 == text } }
}
