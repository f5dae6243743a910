import Testing

@testable import RedisClient

@Suite struct CommandWriterTests {
    @Test(arguments: [
        (RedisCommand("PING"), "*1\r\n$4\r\nPING\r\n"),
        (RedisCommand("GET", ["k"]), "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"),
        (RedisCommand("SET", ["ä", .bytes([97, 13, 10, 98])]), "*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$4\r\na\r\nb\r\n"),
        (RedisCommand("X", ["", .bytes([])]), "*3\r\n$1\r\nX\r\n$0\r\n\r\n$0\r\n\r\n"),
        (
            RedisCommand("X", [.integer(.min), .integer(0), .integer(.max)]),
            "*4\r\n$1\r\nX\r\n$20\r\n-9223372036854775808\r\n$1\r\n0\r\n$19\r\n9223372036854775807\r\n"
        ),
    ]) func `a command is written`(command: RedisCommand, expected: String) {
        #expect(written([command]) == expected)
    }

    @Test func `commands follow one another`() {
        #expect(
            written([RedisCommand("A", [.integer(1)]), RedisCommand("B")])
                == "*2\r\n$1\r\nA\r\n$1\r\n1\r\n*1\r\n$1\r\nB\r\n")
    }

    @Test(arguments: [63, 64, 65, 5000]) func `a command may have many arguments`(count: Int) {
        let command = RedisCommand("DEL", Array(repeating: "k", count: count - 1))
        let expected = "*\(count)\r\n$3\r\nDEL\r\n" + String(repeating: "$1\r\nk\r\n", count: count - 1)
        #expect(written([command]) == expected)
    }

    @Test func `a zero byte ends nothing`() {
        var writer = CommandWriter()
        var bytes: [UInt8] = []
        writer.write(RedisCommand("A", [.bytes([0, 255, 0])]), to: &bytes)
        #expect(bytes.suffix(5) == [0, 255, 0, 13, 10])
    }

    @Test func `scripts are called by their SHA-1 or their text`() {
        let call = RedisScript.Call(RedisScript("return 1"), keys: ["a", "b"], [.integer(7)])
        #expect(
            written([call.bySHA1])
                == "*6\r\n$7\r\nEVALSHA\r\n$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\n7\r\n"
        )
        #expect(
            written([call.byText])
                == "*6\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\n7\r\n")
    }
}

func written(_ commands: [RedisCommand]) -> String {
    var writer = CommandWriter()
    var bytes: [UInt8] = []
    for command in commands { writer.write(command, to: &bytes) }
    return String(decoding: bytes, as: UTF8.self)
}
