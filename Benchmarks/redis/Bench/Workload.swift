internal import RedisClient

/// What is asked, command by command.
enum Workload: String, Sendable {
    case set, get

    private static let keys = (0..<1000).map { "bench:\($0)" }
    static let period = keys.count
    private static let value = [UInt8](repeating: UInt8(ascii: "x"), count: 100)

    /// Made for this one time; `ready` holds the same, made beforehand.
    func command(_ number: Int) -> RedisCommand {
        let key = RedisCommand.Argument.text(Self.keys[number % Self.keys.count])
        return switch self {
        case .set: RedisCommand("SET", [key, .bytes(Self.value)])
        case .get: RedisCommand("GET", [key])
        }
    }

    func isRight(_ reply: Result<RedisValue, RedisError>) -> Bool {
        switch (self, reply) {
        case (.set, .success(.status)): true
        case (.get, .success(.bytes(let bytes))): bytes.count == Self.value.count
        default: false
        }
    }
}
