import NIOCore
import NIOPosix
import RedisClient
import RedisLab
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct LiveSentinelTests {
    @Test func `when the master is killed commands go to the new one, and what two had is there`() async throws {
        try await SentinelTrio.with { trio throws in
            let connection = SentinelConnection(trio)
            let writing = Task { await connection.write(until: trio.servers[1].port) }
            await connection.acknowledged.count(100)
            let start = ContinuousClock.now
            let old = try await trio.killMaster()
            let ended = await writing.value
            print("writing again \(ended - start) after the master was killed (500 ms until that is noticed)")
            let new = try await trio.newMaster(after: old)
            #expect(connection.redis.status.address == "127.0.0.1:\(new.port)")
            let acknowledged = connection.acknowledged.all
            for number in acknowledged { #expect(try new.command("GET", "n\(number)") == .text("\(number)")) }
            print("\(acknowledged.count) writes that two servers had, all there")
            await connection.redis.close()
        }
    }

    @Test func `after a failover with both servers up no command goes to the old master`() async throws {
        try await SentinelTrio.with { trio throws in
            let connection = SentinelConnection(trio)
            #expect(try await connection.redis.send(RedisCommand("SET", ["a", "1"])) == .status("OK"))
            try await trio.failover()
            await connection.changes.first { $0.phase == .ready && $0.address.hasSuffix(":\(trio.servers[1].port)") }
            #expect(try await connection.redis.send(RedisCommand("SET", ["a", "2"])) == .status("OK"))
            #expect(try trio.servers[1].command("GET", "a") == .text("2"))
            await connection.redis.close()
        }
    }

    @Test func `a server that is no master is not taken, whoever says so`() async throws {
        try await RedisServer.with { master in
            var options = RedisServer.Options()
            options.replicaOf = master.port
            try await RedisServer.with(options) { replica in
                try await SentinelTrio.withOneSentinel(watching: replica) { sentinel in
                    let connection = SentinelConnection(ports: [sentinel.port])
                    await connection.changes.first { $0.phase == .waiting && $0.error == "not a master" }
                    try replica.command("REPLICAOF", "NO", "ONE")
                    await connection.changes.first { $0.phase == .ready }
                    await connection.redis.close()
                }
            }
        }
    }

    @Test func `sentinels that are frozen or dead are passed over`() async throws {
        try await SentinelTrio.with { trio throws in
            try await trio.sentinels[0].pause()
            try await trio.sentinels[1].kill()
            let connection = SentinelConnection(trio, deadline: .milliseconds(300))
            await connection.changes.first { $0.phase == .ready }
            #expect(try await connection.redis.send(RedisCommand("SET", ["a", "1"])) == .status("OK"))
            await connection.redis.close()
        }
    }

    @Test func `without any sentinel it says so and goes on trying`() async throws {
        try await SentinelTrio.with { trio throws in
            for sentinel in trio.sentinels { try await sentinel.kill() }
            let connection = SentinelConnection(trio)
            await connection.changes.first {
                $0.phase == .waiting
                    && $0.error
                        == "no sentinel names the master: of 3 3 gave no answer, 0 did not know it, 0 did not let us in"
            }
            try await trio.sentinels[2].restart()
            await connection.changes.first { $0.phase == .ready }
            await connection.redis.close()
        }
    }

    @Test(arguments: [false, true]) func `sentinels get the password if they ask for it`(_ theyAsk: Bool) async throws {
        var options = SentinelTrio.Options()
        options.password = "secret"
        options.sentinelPassword = theyAsk ? "secret" : nil
        try await SentinelTrio.with(options) { trio throws in
            let connection = SentinelConnection(trio) { $0.password = "secret" }
            #expect(try await connection.redis.send(RedisCommand("SET", ["a", "1"])) == .status("OK"))
            await connection.redis.close()
        }
    }

    @Test(.enabled(if: RedisServer.speaksTLS)) func `sentinels and servers are spoken to with TLS`() async throws {
        try await Certificates.with { certificates in
            var options = SentinelTrio.Options()
            options.tls = certificates
            try await SentinelTrio.with(options) { trio throws in
                let connection = SentinelConnection(trio) {
                    $0.tls = .init(certificateAuthority: certificates.authority.certificate)
                }
                #expect(try await connection.redis.send(RedisCommand("SET", ["a", "1"])) == .status("OK"))
                await connection.redis.close()
                let other = SentinelConnection(trio) {
                    $0.tls = .init(certificateAuthority: certificates.otherAuthority.certificate)
                }
                await other.changes.first { $0.phase == .waiting }
                await other.redis.close()
            }
        }
    }

    @Test func `a subscriber follows to the new master`() async throws {
        try await SentinelTrio.with { trio throws in
            let live = LiveSubscriber(
                .sentinels(trio.sentinelPorts, deadline: .seconds(1)), keepAlive: .milliseconds(200))
            live.subscribe("a")
            await live.changes.first { $0.confirmed == 1 }
            let old = try await trio.killMaster()
            let new = try await trio.newMaster(after: old)
            await live.resubscribed.count(1)
            try new.command("PUBLISH", "a", "after")
            await live.told.contains("a: after")
            await live.redis.close()
        }
    }

    @Test func `a master that is named no more is left, though it answers`() async throws {
        try await SentinelTrio.with { trio in
            let connection = SentinelConnection(trio)
            await connection.changes.first(after: 0) { $0.phase == .ready }
            try await trio.failover()
            let port = try trio.masterPort()
            connection.redis.lookAgain()
            await connection.changes.first(after: 0) { $0.phase == .ready && $0.address.hasSuffix(":\(port)") }
            #expect(try await connection.redis.send(RedisCommand("SET", ["k", "v"])) == .status("OK"))
            await connection.redis.close()
        }
    }
}

/// A connection by sentinels, and all that it tells.
private final class SentinelConnection: Sendable {
    let redis: RedisConnection
    let changes = Told<RedisStatus>()
    /// Writes that a replica had too.
    let acknowledged = Told<Int>()

    init(
        ports: [Int], deadline: TimeAmount = .seconds(2), _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) {
        var configuration = RedisConfiguration.sentinels(ports, deadline: deadline)
        change(&configuration)
        redis = RedisConnection(configuration, on: MultiThreadedEventLoopGroup.singleton.next()) { [changes] in
            changes.append($0)
        }
    }

    convenience init(
        _ trio: SentinelTrio, deadline: TimeAmount = .seconds(2),
        _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) {
        self.init(ports: trio.sentinelPorts, deadline: deadline, change)
    }

    /// Writes one number after another until the server of that port takes one.
    /// - Returns: when it did.
    func write(until port: Int) async -> ContinuousClock.Instant {
        for number in 0... {
            let seen = changes.all.count
            let replies = await withCheckedContinuation { continuation in
                redis.send([
                    RedisCommand("SET", [.text("n\(number)"), .text("\(number)")]), RedisCommand("WAIT", ["1", "500"]),
                ]) { continuation.resume(returning: $0) }
            }
            if replies[0] == .success(.status("OK")) {
                if redis.status.address.hasSuffix(":\(port)") { return .now }
                if replies[1] == .success(.integer(1)) { acknowledged.append(number) }
            } else {
                await changes.first(after: seen) { $0.phase == .ready }
            }
        }
        return .now
    }
}

extension RedisConfiguration {
    fileprivate static func sentinels(_ ports: [Int], deadline: TimeAmount) -> Self {
        var configuration = Self(
            .sentinels(ports.map { .init(host: "127.0.0.1", port: $0) }, master: SentinelTrio.name))
        configuration.deadline = deadline
        return configuration
    }
}

extension Told {
    /// Waits for one that was not among the first `seen`.
    func first(after seen: Int, where isWanted: @escaping @Sendable (Item) -> Bool) async {
        await wait { $0.dropFirst(seen).contains(where: isWanted) }
    }
}
