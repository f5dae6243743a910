import Testing

@testable import RedisClient

@Suite struct RedisErrorTests {
    @Test func `an error shows why`() {
        #expect(RedisError(.deadline, "no reply in 500 ms").description == "no reply in 500 ms")
    }

    @Test(arguments: [
        ("NOAUTH Authentication required.", RedisError.Code.notAllowed, "NOAUTH"),
        ("WRONGPASS invalid username-password pair", .notAllowed, "WRONGPASS"),
        ("NOPERM this user has no permissions", .notAllowed, "NOPERM"),
        ("READONLY You can't write against a read only replica.", .notWritable, "READONLY"),
        ("MISCONF Redis is configured to save", .notWritable, "MISCONF"),
        ("NOREPLICAS Not enough good replicas to write.", .notWritable, "NOREPLICAS"),
        ("MASTERDOWN Link with MASTER is down", .notWritable, "MASTERDOWN"),
        ("OOM command not allowed", .notWritable, "OOM"),
        ("LOADING Redis is loading the dataset in memory", .notReady, "LOADING"),
        ("BUSY Redis is busy running a script.", .notReady, "BUSY"),
        ("MOVED 3999 127.0.0.1:6381", .moved, "MOVED"), ("ASK 3999 127.0.0.1:6381", .moved, "ASK"),
        ("CLUSTERDOWN The cluster is down", .moved, "CLUSTERDOWN"),
        ("CROSSSLOT Keys in request don't hash to the same slot", .moved, "CROSSSLOT"),
        ("NOSCRIPT No matching script.", .noScript, "NOSCRIPT"),
        ("WRONGTYPE Operation against a key", .refused, "WRONGTYPE"), ("ERR unknown command 'secret'", .refused, "ERR"),
        ("READONLYX", .refused, "READONLYX"), ("READONLY", .notWritable, "READONLY"),
        // Not a word of Redis: not repeated.
        ("secret", .refused, "ERR"), ("", .refused, "ERR"), (" OOM", .refused, "ERR"), ("Oom", .refused, "ERR"),
        ("OOM\t", .refused, "ERR"), (String(repeating: "X", count: 33), .refused, "ERR"),
    ]) func `an error reply is known by its first word, and nothing else of it is kept`(
        text: String, code: RedisError.Code, description: String
    ) {
        #expect(RedisError(reply: text.utf8) == RedisError(code, description))
    }
}
