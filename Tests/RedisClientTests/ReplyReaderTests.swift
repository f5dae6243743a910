import NIOCore
import Testing

@testable import RedisClient

@Suite struct ReplyReaderTests {
    static let replies: [(String, [ReplyReader.Reply])] = [
        ("+OK\r\n", [.success(.status("OK"))]),
        ("+\r\n", [.success(.status(""))]),
        (":-42\r\n", [.success(.integer(-42))]),
        (":9223372036854775807\r\n", [.success(.integer(.max))]),
        (":-9223372036854775808\r\n", [.success(.integer(.min))]),
        ("$-1\r\n", [.success(.null)]),
        ("*-1\r\n", [.success(.null)]),
        ("$0\r\n\r\n", [.success(.bytes([]))]),
        ("$4\r\na\r\nb\r\n", [.success(.bytes(Array("a\r\nb".utf8)))]),
        ("*0\r\n", [.success(.array([]))]),
        ("-WRONGTYPE Operation against a key\r\n", [.failure(RedisError(.refused, "WRONGTYPE"))]),
        (
            "*3\r\n*2\r\n:1\r\n$1\r\nx\r\n-NOSCRIPT none\r\n*0\r\n",
            [
                .success(
                    .array([
                        .array([.integer(1), .bytes([120])]), .error(RedisError(.noScript, "NOSCRIPT")), .array([]),
                    ]))
            ]
        ),
        ("+a\r\n:1\r\n$1\r\nb\r\n", [.success(.status("a")), .success(.integer(1)), .success(.bytes([98]))]),
    ]

    @Test(arguments: replies) func `a reply is read`(text: String, expected: [ReplyReader.Reply]) throws {
        #expect(try read([text]) == expected)
    }

    @Test(arguments: replies) func `a reply may come in two parts, cut anywhere`(
        text: String, expected: [ReplyReader.Reply]
    ) throws {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count { #expect(try read([bytes[..<cut], bytes[cut...]]) == expected, "cut at \(cut)") }
    }

    @Test func `replies may come byte by byte`() throws {
        let text = Self.replies.map(\.0).joined()
        #expect(try read(text.utf8.map { [$0] }) == Self.replies.flatMap(\.1))
    }

    @Test func `replies that fill many reads are kept apart`() throws {
        let one = Self.replies.map(\.0).joined()
        let many = Array(String(repeating: one, count: 2000).utf8)
        let expected = Array(repeating: Self.replies.flatMap(\.1), count: 2000).flatMap { $0 }
        for size in [1000, 8192, 65536, many.count] {
            let parts = stride(from: 0, to: many.count, by: size).map { many[$0..<min($0 + size, many.count)] }
            #expect(try read(parts) == expected, "parts of \(size)")
        }
    }

    @Test(arguments: [
        "x", "\r\n", "HTTP/1.1 400 Bad Request\r\n", ":\r\n", ":12a\r\n", ":1 2\r\n", ":99999999999999999999\r\n",
        "$\r\n", "$a\r\n", "$-2\r\n", "$1\r\nabc", "$1\r\na\rx", "$1\r\nax\n", "*a\r\n", "*-2\r\n", "*2147483648\r\n",
        "*99999999999999999999\r\n", "+a\rb\r\n", "+a\nb\r\n", "-a\nb\r\n", "*2\r\n+a\r\n?",
        // RESP3
        "_\r\n", "#t\r\n", ",1.5\r\n", "(1\r\n", "%1\r\n+a\r\n+b\r\n", "~1\r\n+a\r\n", "=5\r\ntxt:a\r\n",
        ">1\r\n+a\r\n", "!3\r\nERR\r\n", "|1\r\n+a\r\n+b\r\n",
    ]) func `garbage ends the reading`(text: String) {
        expectViolation(text)
    }

    @Test func `what came whole before garbage is delivered`() throws {
        var reader = ReplyReader()
        reader.read(ByteBuffer(string: "+a\r\n:1\r\n?"))
        var replies: [ReplyReader.Reply] = []
        while let reply = reader.next() { replies.append(reply) }
        #expect(replies == [.success(.status("a")), .success(.integer(1))])
        expectFailure(&reader)
        reader.read(ByteBuffer(string: "+a\r\n"))
        #expect(reader.left == 0)
        expectFailure(&reader)
    }

    /// Each bound with the last text within it and the first beyond; what is only announced is not waited for.
    @Test(arguments: [
        ("$10\r\n", "$11\r\n"), ("$10\r\n1234567890\r\n", "$11\r\n12345678901\r\n"),
        ("$10", "$0000000000000000000000"), ("$", "$9223372036854775807\r\n"),
        ("+12345678\r\n", "+123456789\r\n"), ("+12345678\r", "+1234567890"), ("-12345678\r\n", "-123456789\r\n"),
        (":1", ":1111111111111111111111"), ("*1", "*1111111111111111111111"),
        ("*5\r\n", "*6\r\n"), ("*3\r\n*2\r\n", "*3\r\n*3\r\n"),
        ("*2\r\n*3\r\n:1\r\n:1\r\n:1\r\n*0\r\n", "*5\r\n*1\r\n"),
        ("*1\r\n*1\r\n*1\r\n:1\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n"),
        (
            "*4\r\n$10\r\n1234567890\r\n$3\r\n123\r\n+1234\r\n:1\r\n",
            "*4\r\n$10\r\n1234567890\r\n$3\r\n123\r\n+1234\r\n:12\r\n"
        ),
        (
            "*4\r\n$10\r\n1234567890\r\n$3\r\n123\r\n$9\r\n1234567",
            "*4\r\n$10\r\n1234567890\r\n$3\r\n123\r\n$9\r\n12345678"
        ),
    ]) func `each bound holds, and not one earlier`(within: String, beyond: String) throws {
        let limits = ReplyLimits(
            replyBytes: 41, bulkBytes: 10, lineBytes: 8, elements: 5, depth: 3, keptBytes: 1024)
        _ = try read([within], limits)
        _ = try read(within.utf8.map { [$0] }, limits)
        expectViolation(beyond, limits)
    }

    @Test func `elements are counted for each reply anew`() throws {
        let limits = ReplyLimits(elements: 2)
        #expect(try read([String(repeating: "*2\r\n:1\r\n:2\r\n", count: 10)], limits).count == 10)
    }

    @Test func `a reply as large as the bounds let it be is read`() throws {
        let limits = ReplyLimits()
        let length = limits.replyBytes - "$33554418\r\n\r\n".utf8.count
        let text = "$\(length)\r\n" + String(repeating: "x", count: length) + "\r\n"
        #expect(try read([text]) == [.success(.bytes(Array(repeating: 120, count: length)))])
        expectViolation("$\(limits.bulkBytes + 1)\r\n")
        expectViolation("*\(limits.elements + 1)\r\n")
        _ = try read(["*\(limits.elements)\r\n"])
        let deepest = String(repeating: "*1\r\n", count: limits.depth) + ":1\r\n"
        #expect(try read([deepest]).count == 1)
        expectViolation("*1\r\n" + deepest)
    }

    @Test func `random bytes never crash it`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed)
        let alphabet = Array("+-:$*\r\n0123456789_#,(%~=>!|aé\0".utf8)
        var violations = 0
        for _ in 0..<100_000 {
            var reader = ReplyReader(ReplyLimits(replyBytes: 4096, bulkBytes: 64, lineBytes: 32, elements: 50))
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text += Array(Self.replies.randomElement(using: &random)?.0.utf8 ?? "".utf8)
                case 1: text += [UInt8.random(in: 0...255, using: &random)]
                case 2: text += Array("\r\n".utf8)
                default: text.append(alphabet.randomElement(using: &random) ?? 0)
                }
            }
            let cut = Int.random(in: 0...text.count, using: &random)
            do throws(RedisError) {
                for part in [text[..<cut], text[cut...]] {
                    reader.read(ByteBuffer(bytes: part))
                    while reader.next() != nil {}
                    try reader.finish()
                }
            } catch {
                violations += 1
                if error.code != .protocolViolation { Issue.record("seed \(seed): \(error) of \(text)") }
            }
        }
        #expect(violations > 10_000 && violations < 100_000, "seed \(seed)")
    }
}

/// Numbers that can be had again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

private func read(
    _ parts: [some Collection<UInt8>], _ limits: ReplyLimits = ReplyLimits()
) throws(RedisError) -> [ReplyReader.Reply] {
    var reader = ReplyReader(limits)
    var replies: [ReplyReader.Reply] = []
    for part in parts {
        reader.read(ByteBuffer(bytes: part))
        while let reply = reader.next() { replies.append(reply) }
        try reader.finish()
    }
    return replies
}

private func read(_ parts: [String], _ limits: ReplyLimits = ReplyLimits()) throws(RedisError) -> [ReplyReader.Reply] {
    try read(parts.map { Array($0.utf8) }, limits)
}

/// However it is cut.
private func expectViolation(
    _ text: String, _ limits: ReplyLimits = ReplyLimits(), location: SourceLocation = #_sourceLocation
) {
    for parts in [[Array(text.utf8)], text.utf8.map { [$0] }] {
        do throws(RedisError) {
            let replies = try read(parts, limits)
            Issue.record("read as \(replies)", sourceLocation: location)
        } catch {
            #expect(error.code == .protocolViolation, sourceLocation: location)
        }
    }
}

private func expectFailure(_ reader: inout ReplyReader, location: SourceLocation = #_sourceLocation) {
    do throws(RedisError) {
        try reader.finish()
        Issue.record("no failure", sourceLocation: location)
    } catch {
        #expect(error.code == .protocolViolation, sourceLocation: location)
    }
}
