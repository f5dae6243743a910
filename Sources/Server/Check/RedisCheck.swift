internal import FoundationEssentials
internal import NIOCore
internal import NIOPosix
internal import RedisClient

/// Asks a Redis what it is and tries what a server does with it, on keys that nobody else has.
struct RedisCheck {
    let settings: RedisSettings

    func run() async -> [Finding] {
        let connection = RedisConnection(settings.connection, on: MultiThreadedEventLoopGroup.singleton.next())
        let findings = await look(connection)
        await connection.close()
        return findings
    }

    private func look(_ connection: RedisConnection) async -> [Finding] {
        do throws(RedisError) {
            let start = ContinuousClock.now
            _ = try await connection.send(RedisCommand("PING"))
            let time = Self.milliseconds(start.duration(to: .now))
            var findings: [Finding] = [.ok("reach", "\(connection.status.address) answers in \(time) ms")]
            findings += await facts(connection).findings
            if let apart = await clockDifference(connection) { findings.append(RedisFacts.clock(apart: apart)) }
            findings.append(await rights(connection))
            return findings
        } catch {
            let why = connection.status.error ?? error.description
            return [.fault("reach", "no Redis: \(why)")]
        }
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        (duration / .milliseconds(1) * 10).rounded() / 10
    }

    private func facts(_ connection: RedisConnection) async -> RedisFacts {
        let info = (try? await connection.send(RedisCommand("INFO")))?.text
        return RedisFacts(
            info: info ?? "", appendFsync: await parameter("appendfsync", connection),
            save: await parameter("save", connection))
    }

    /// nil: it may not be asked.
    private func parameter(_ name: String, _ connection: RedisConnection) async -> String? {
        let answer = try? await connection.send(RedisCommand("CONFIG", ["GET", .text(name)]))
        guard case .array(let pair) = answer, pair.count == 2 else { return nil }
        return pair[1].text
    }

    /// nil: TIME is not allowed.
    private func clockDifference(_ connection: RedisConnection) async -> Double? {
        guard case .array(let parts) = try? await connection.send(RedisCommand("TIME")), parts.count == 2,
            let seconds = parts[0].text.flatMap(Double.init), let micros = parts[1].text.flatMap(Double.init)
        else { return nil }
        return seconds + micros / 1_000_000 - Date.now.timeIntervalSince1970
    }

    // MARK: Rights

    /// Whether the user may do all that a server does. Scripts may do no more than who runs them.
    private func rights(_ connection: RedisConnection) async -> Finding {
        let key = "\(settings.prefix)check:{\(UInt64.random(in: 0...UInt64.max))}"
        var refused: [String] = []
        for command in Self.commands(on: key, channel: "\(settings.prefix)check") {
            do throws(RedisError) {
                _ = try await connection.send(command.command)
            } catch {
                if error.code == .notAllowed { refused.append(command.name) }
            }
        }
        guard refused.isEmpty else {
            return .fault("rights", "this user may not, on \(settings.prefix)*: \(refused.joined(separator: ", "))")
        }
        return .ok("rights", "this user may do all that is needed on \(settings.prefix)*")
    }

    /// Each once, on keys of their own, and harmless.
    private static func commands(on key: String, channel: String) -> [(name: String, command: RedisCommand)] {
        let (text, hash, list, set) = ("\(key):t", "\(key):h", "\(key):l", "\(key):s")
        let all: [(String, [RedisCommand.Argument])] = [
            ("SET", [.text(text), "1", "PX", "10000"]), ("GET", [.text(text)]), ("GETRANGE", [.text(text), "0", "1"]),
            ("EXISTS", [.text(text)]), ("PEXPIRE", [.text(text), "10000"]), ("HSET", [.text(hash), "a", "1"]),
            ("HGET", [.text(hash), "a"]), ("HMGET", [.text(hash), "a"]), ("HEXISTS", [.text(hash), "a"]),
            ("RPUSH", [.text(list), "1"]), ("LRANGE", [.text(list), "0", "-1"]), ("LLEN", [.text(list)]),
            ("ZADD", [.text(set), "0", "a"]), ("ZRANGEBYLEX", [.text(set), "-", "+"]),
            ("ZRANGEBYSCORE", [.text(set), "-inf", "+inf"]), ("ZREM", [.text(set), "b"]),
            ("EVAL", ["return redis.call('GET', KEYS[1])", "1", .text(text)]),
            ("EVALSHA", ["0000000000000000000000000000000000000000", "1", .text(text)]),
            ("PUBLISH", [.text(channel), "check"]),
            ("DEL", [.text(text), .text(hash), .text(list), .text(set)]),
        ]
        return all.map { ($0, RedisCommand($0, $1)) }
    }
}

extension RedisValue {
    fileprivate var text: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .integer(let number): String(number)
        case .null, .error, .array: nil
        }
    }
}
