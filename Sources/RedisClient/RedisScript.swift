internal import Crypto

/// A Lua script that runs inside Redis, known to it by the SHA-1 of its text.
public struct RedisScript: Sendable {
    public let text: String
    public let sha1: String

    public init(_ text: String) {
        self.text = text
        sha1 = Insecure.SHA1.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// One run of a script.
    public struct Call: Sendable {
        public let script: RedisScript
        public let keys: [String]
        public let arguments: [RedisCommand.Argument]

        public init(_ script: RedisScript, keys: [String], _ arguments: [RedisCommand.Argument] = []) {
            self.script = script
            self.keys = keys
            self.arguments = arguments
        }
    }
}

extension RedisScript.Call {
    var bySHA1: RedisCommand { command("EVALSHA", script.sha1) }
    var byText: RedisCommand { command("EVAL", script.text) }

    private func command(_ name: String, _ script: String) -> RedisCommand {
        RedisCommand(name, [.text(script), .integer(Int64(keys.count))] + keys.map { .text($0) } + arguments)
    }
}
