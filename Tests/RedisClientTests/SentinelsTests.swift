import Testing

@testable import RedisClient

@Suite struct SentinelsTests {
    private typealias Address = RedisConfiguration.Address
    private typealias Reply = Result<RedisValue, RedisError>

    private let a = Address(host: "a", port: 1)
    private let b = Address(host: "b", port: 2)
    private let c = Address(host: "c", port: 3)
    private let master = Address(host: "10.0.0.1", port: 6379)
    private let other = Address(host: "10.0.0.2", port: 6379)
    private let silence = Reply.failure(RedisError(.unreachable, "no connection in time"))
    private let noEntry = Reply.failure(RedisError(.notAllowed, "NOAUTH"))

    private func names(_ address: Address) -> Reply {
        .success(.array([.bytes(Array(address.host.utf8)), .bytes(Array(String(address.port).utf8))]))
    }

    private func ask(_ address: Address, withPassword: Bool = false) -> Sentinels.Action {
        .ask(address, withPassword: withPassword)
    }

    @Test func `the question is the documented one`() {
        #expect(Sentinels.question("main").arguments == ["SENTINEL", "get-master-addr-by-name", "main"])
    }

    @Test func `the first one that names the master is believed`() {
        var sentinels = Sentinels([a, b, c], hasPassword: false)
        #expect(sentinels.search() == ask(a))
        #expect(sentinels.answered(names(master)) == .found(master))
    }

    @Test func `who does not know it, gives no answer or an error is passed over`() {
        var sentinels = Sentinels([a, b, c], hasPassword: false)
        #expect(sentinels.search() == ask(a))
        #expect(sentinels.answered(.success(.null)) == ask(b))
        #expect(sentinels.answered(silence) == ask(c))
        #expect(sentinels.answered(names(master)) == .found(master))
    }

    @Test func `who answered first is asked first the next time`() {
        var sentinels = Sentinels([a, b, c], hasPassword: false)
        _ = sentinels.search()
        _ = sentinels.answered(silence)
        #expect(sentinels.answered(names(master)) == .found(master))
        #expect(sentinels.search() == ask(b))
        #expect(sentinels.answered(names(other)) == .found(other))
        #expect(sentinels.search() == ask(b))
        #expect(sentinels.answered(silence) == ask(a))
        #expect(sentinels.answered(silence) == ask(c))
    }

    @Test func `a sentinel that has not heard of the new master is overruled by one that has`() {
        var sentinels = Sentinels([a, b, c], hasPassword: false)
        _ = sentinels.search()
        #expect(sentinels.answered(names(master)) == .found(master))
        // It was none any more.
        #expect(sentinels.search() == ask(a))
        #expect(sentinels.answered(names(master)) == ask(b))
        #expect(sentinels.answered(names(other)) == .found(other))
    }

    @Test func `a master that all name again is tried again`() {
        var sentinels = Sentinels([a, b, c], hasPassword: false)
        _ = sentinels.search()
        _ = sentinels.answered(names(master))
        #expect(sentinels.search() == ask(a))
        #expect(sentinels.answered(names(master)) == ask(b))
        #expect(sentinels.answered(silence) == ask(c))
        #expect(sentinels.answered(names(master)) == .found(master))
        #expect(sentinels.search() == ask(a))
    }

    @Test func `when nobody knows it the error tells how they answered`() {
        var sentinels = Sentinels([a, b, c], hasPassword: false)
        _ = sentinels.search()
        _ = sentinels.answered(silence)
        _ = sentinels.answered(.success(.null))
        #expect(
            sentinels.answered(noEntry)
                == .failed(
                    RedisError(
                        .unreachable,
                        "no sentinel names the master: of 3 1 gave no answer, 1 did not know it, 1 did not let us in")))
        // The next search counts anew.
        _ = sentinels.search()
        _ = sentinels.answered(silence)
        _ = sentinels.answered(silence)
        #expect(
            sentinels.answered(silence)
                == .failed(
                    RedisError(
                        .unreachable,
                        "no sentinel names the master: of 3 3 gave no answer, 0 did not know it, 0 did not let us in")))
    }

    @Test func `the password is for those alone that ask for it`() {
        var sentinels = Sentinels([a, b], hasPassword: true)
        #expect(sentinels.search() == ask(a))
        #expect(sentinels.answered(noEntry) == ask(a, withPassword: true))
        #expect(sentinels.answered(.success(.null)) == ask(b))
        #expect(sentinels.answered(names(master)) == .found(master))
        // It is known who wants it.
        #expect(sentinels.search() == ask(b))
        #expect(sentinels.answered(silence) == ask(a, withPassword: true))
    }

    @Test func `a wrong password is not tried twice, and without it is tried later`() {
        var sentinels = Sentinels([a], hasPassword: true)
        _ = sentinels.search()
        #expect(sentinels.answered(noEntry) == ask(a, withPassword: true))
        #expect(sentinels.answered(noEntry) == .failed(RedisError(.notAllowed, "no sentinel lets us in")))
        #expect(sentinels.search() == ask(a))
    }

    @Test func `without a password nobody gets one`() {
        var sentinels = Sentinels([a], hasPassword: false)
        _ = sentinels.search()
        #expect(sentinels.answered(noEntry) == .failed(RedisError(.notAllowed, "no sentinel lets us in")))
    }

    @Test(arguments: [
        RedisValue.integer(1), .status("OK"), .array([]), .array([.bytes(Array("10.0.0.1".utf8))]),
        .array([.bytes(Array("10.0.0.1".utf8)), .integer(6379)]),
        .array([.bytes(Array("10.0.0.1".utf8)), .bytes(Array("0".utf8))]),
        .array([.bytes(Array("10.0.0.1".utf8)), .bytes(Array("65536".utf8))]),
        .array([.bytes([]), .bytes(Array("6379".utf8))]),
        .array([.bytes(Array(repeating: 97, count: 254)), .bytes(Array("6379".utf8))]),
        .array([.bytes(Array("a".utf8)), .bytes(Array("1".utf8)), .null]),
    ]) func `what is no address is no answer`(_ reply: RedisValue) {
        var sentinels = Sentinels([a, b], hasPassword: true)
        _ = sentinels.search()
        #expect(sentinels.answered(.success(reply)) == ask(b))
    }

    @Test func `an answer that comes when nobody asks ends the search`() {
        var sentinels = Sentinels([a], hasPassword: false)
        guard case .failed = sentinels.answered(names(master)) else {
            Issue.record("it was believed")
            return
        }
    }

    @Test func `a search has a bound`() {
        #expect(Sentinels([a, b, c], hasPassword: false).mostQuestions == 3)
        #expect(Sentinels([a, b, c], hasPassword: true).mostQuestions == 6)
    }
}
