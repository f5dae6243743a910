internal import Glibc
internal import NIOCore
internal import RedisClient

/// How commands are given to the connection.
enum Way: String, Sendable {
    /// With a completion for each.
    case each
    /// Likewise, and each command is made first.
    case made
    /// With one completion for all that go out at once.
    case batch
}

/// Sends the next burst once the last one is answered. Everything on the connection's event loop.
final class Bursts: @unchecked Sendable {  // Touched on that loop alone.
    private let redis: RedisConnection
    private let workload: Workload
    private let depth: Int
    private let commands: Int
    private let way: Way
    /// Commands that are made beforehand, as the loop in C has its arguments.
    private let ready: [RedisCommand]
    private let done: (Int) -> Void
    private var sent = 0
    private var missing = 0

    init(
        _ redis: RedisConnection, _ workload: Workload, depth: Int, commands: Int, way: Way,
        done: @escaping (Int) -> Void
    ) {
        self.redis = redis
        self.workload = workload
        self.depth = depth
        self.commands = commands
        self.way = way
        ready = (0..<Workload.period + depth).map(workload.command)
        self.done = done
    }

    func next() {
        guard sent < commands else { return done(sent) }
        missing = depth
        let start = sent % Workload.period
        switch way {
        case .each:
            for command in ready[start..<start + depth] { redis.send(command) { self.count($0) } }
        case .made:
            for index in 0..<depth { redis.send(workload.command(sent + index)) { self.count($0) } }
        case .batch:
            redis.send(Array(ready[start..<start + depth])) { replies in
                for reply in replies { self.count(reply) }
            }
        }
        sent += depth
    }

    private func count(_ reply: Result<RedisValue, RedisError>) {
        guard workload.isRight(reply) else {
            print("a wrong reply: \(reply)")
            exit(1)
        }
        missing -= 1
        if missing == 0 { next() }
    }
}
