import Foundation
import NIOCore
import NIOPosix
import RedisClient
import RedisLab
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LiveConnectionTests {
    @Test func `what was set is got`() async throws {
        let server = try await LiveServer()
        let connection = try await LiveConnection(server)
        #expect(try await connection.redis.send(RedisCommand("PING")) == .status("PONG"))
        #expect(
            try await connection.redis.send(RedisCommand("SET", ["k", .bytes([0, 13, 10, 255])])) == .status("OK"))
        #expect(try await connection.redis.send(RedisCommand("GET", ["k"])) == .bytes([0, 13, 10, 255]))
        #expect(try await connection.redis.send(RedisCommand("GET", ["none"])) == .null)
        #expect(try await connection.redis.send(RedisCommand("INCRBY", ["n", .integer(-7)])) == .integer(-7))
        await #expect(throws: RedisError(.refused, "WRONGTYPE")) {
            try await connection.redis.send(RedisCommand("LPUSH", ["k", "x"]))
        }
        let status = connection.redis.status
        #expect(status.phase == .ready && status.version != nil && status.runID?.count == 40)
        #expect(status.address == "127.0.0.1:\(server.port)" && status.inFlight == 0)
        await connection.redis.close()
        await #expect(throws: RedisError(.closed, "the connection is closed")) {
            try await connection.redis.send(RedisCommand("PING"))
        }
    }

    @Test func `scripts run by their SHA-1, also after Redis has forgotten them`() async throws {
        let server = try await LiveServer()
        let connection = try await LiveConnection(server)
        let add = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
        let call = RedisScript.Call(add, keys: ["n"], [.integer(2)])
        #expect(try await connection.redis.run(call) == .integer(2))
        #expect(try await connection.redis.run(call) == .integer(4))
        _ = try await connection.redis.send(RedisCommand("SCRIPT", ["FLUSH"]))
        let replies = await withCheckedContinuation { continuation in
            connection.redis.run(Array(repeating: call, count: 3)) { continuation.resume(returning: $0) }
        }
        #expect(replies == [.success(.integer(6)), .success(.integer(8)), .success(.integer(10))])
        await connection.redis.close()
    }

    @Test func `ten thousand at once are answered in order, from any thread`() async throws {
        let server = try await LiveServer()
        let connection = try await LiveConnection(server)
        let order = Mutex<[Int]>([])
        await withCheckedContinuation { continuation in
            for number in 0..<10_000 {
                connection.redis.send(RedisCommand("ECHO", [.integer(Int64(number))])) { reply in
                    let isRight = reply == .success(.bytes(Array("\(number)".utf8)))
                    order.withLock { $0.append(isRight ? number : -1) }
                    if number == 9_999 { continuation.resume() }
                }
            }
        }
        #expect(order.withLock { $0 } == Array(0..<10_000))
        let replies = await withCheckedContinuation { continuation in
            let commands = (0..<10_000).map { RedisCommand("ECHO", [.integer(Int64($0))]) }
            connection.redis.send(commands) { continuation.resume(returning: $0) }
        }
        #expect(replies == (0..<10_000).map { .success(.bytes(Array("\($0)".utf8))) })
        await connection.redis.close()
    }

    @Test func `every command is answered once, whatever happens to the server`() async throws {
        let server = try await LiveServer()
        let connection = try await LiveConnection(server)
        for _ in 1...3 {
            let traffic = Traffic(connection.redis)
            traffic.start()
            await traffic.answered(5_000)
            let seen = connection.phases.told.count
            try await server.kill()
            await traffic.over()
            await connection.phases.first(after: seen) { $0.phase == .waiting }
            // What would be answered twice would be by now: whatever comes later comes after this.
            _ = try? await connection.redis.send(RedisCommand("PING"))
            #expect(traffic.answers.allSatisfy { $0 == 1 })
            #expect(traffic.codes.subtracting([.connectionLost, .unreachable]).isEmpty)
            try await server.start()
            await connection.phases.first(after: seen) { $0.phase == .ready }
        }
        #expect(try await connection.redis.send(RedisCommand("PING")) == .status("PONG"))
        await connection.redis.close()
        #expect(connection.phases.told.last?.phase == .closed)
    }

    @Test func `a server that hangs is left at the deadline`() async throws {
        let server = try await LiveServer()
        let connection = try await LiveConnection(server) { $0.deadline = .milliseconds(300) }
        try await server.pause()
        let clock = ContinuousClock()
        let start = clock.now
        let codes = Mutex<[RedisError.Code?]>([])
        await withCheckedContinuation { continuation in
            for number in 0..<3 {
                connection.redis.send(RedisCommand("PING")) { reply in
                    codes.withLock { $0.append(reply.code) }
                    if number == 2 { continuation.resume() }
                }
            }
        }
        let time = clock.now - start
        #expect(time >= .milliseconds(300) && time < .seconds(30), "\(time)")
        #expect(codes.withLock { $0 } == [.deadline, .connectionLost, .connectionLost])
        let seen = connection.phases.told.count
        try await server.resume()
        await connection.phases.first(after: max(seen - 1, 0)) { $0.phase == .ready }
        #expect(try await connection.redis.send(RedisCommand("PING")) == .status("PONG"))
        await connection.redis.close()
    }

    @Test func `a user who is known is let in`() async throws {
        let server = try await LiveServer {
            $0.password = "pass"
            $0.users = ["ann on >hers ~* &* +@all -info -client"]
        }
        for (user, password) in [(nil, "pass"), ("default", "pass"), ("ann", "hers")] {
            let connection = try await LiveConnection(server) {
                $0.user = user
                $0.password = password
                $0.database = 2
            }
            #expect(try await connection.redis.send(RedisCommand("SET", ["k", "v"])) == .status("OK"))
            #expect((connection.redis.status.runID == nil) == (user == "ann"))
            await connection.redis.close()
        }
    }

    @Test func `a wrong password is tried again, and shown without itself`() async throws {
        let server = try await LiveServer { $0.password = "pass" }
        for password in ["other-password", nil] {
            let phases = Phases()
            var configuration = RedisConfiguration(.one(server.address))
            configuration.password = password
            let redis = RedisConnection(configuration, on: MultiThreadedEventLoopGroup.singleton.next()) {
                phases.append($0)
            }
            let expected = password == nil ? "NOAUTH" : "WRONGPASS"
            await phases.first { $0.reconnects > 1 && $0.phase == .waiting && $0.error == expected }
            #expect(!"\(phases.told)".contains("other-password"))
            await redis.close()
        }
    }

    @Test func `closing answers what is under way`() async throws {
        let server = try await LiveServer()
        let connection = try await LiveConnection(server)
        try await server.pause()
        let codes = Mutex<[RedisError.Code?]>([])
        connection.redis.send(RedisCommand("PING")) { reply in codes.withLock { $0.append(reply.code) } }
        await connection.redis.close()
        #expect(codes.withLock { $0 } == [.closed])
        try await server.resume()
    }
}

extension Result where Failure == RedisError {
    fileprivate var code: RedisError.Code? {
        if case .failure(let error) = self { return error.code }
        return nil
    }
}
