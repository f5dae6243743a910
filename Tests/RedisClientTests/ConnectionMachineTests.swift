import NIOCore
import Testing

@testable import RedisClient

typealias Machine = ConnectionMachine<String>

@Suite struct ConnectionMachineTests {
    // MARK: Handshake

    @Test func `it is ready once all questions are answered`() {
        let trial = Trial()
        #expect(trial.connect() == [.write(.many([ping, setName, information]))])
        #expect(trial.reply(.success(.status("PONG"))) == .act([]))
        #expect(trial.reply(.success(.status("OK"))) == .act([]))
        #expect(trial.machine.publicPhase == .connecting)
        let facts = "# Server\r\nredis_version:7.0.15\r\nrun_id:abc\r\nos:x\r\n"
        #expect(trial.reply(.success(.bytes(Array(facts.utf8)))) == .act([.report]))
        #expect(trial.machine.publicPhase == .ready)
        #expect(trial.machine.runID == "abc" && trial.machine.version == "7.0.15" && trial.machine.error == nil)
    }

    @Test(arguments: [
        (nil as String?, nil as String?, 0, false, ""),
        (nil, "secret", 0, false, "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n"),
        ("ann", "secret", 0, false, "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\nsecret\r\n"),
        (nil, nil, 3, false, "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"),
        (nil, nil, 0, true, ""),
        (
            "ann", "secret", 15, true,
            "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$2\r\n15\r\n"
        ),
    ]) func `it asks what it must`(user: String?, password: String?, database: Int, role: Bool, first: String) {
        let handshake = Handshake(user: user, password: password, database: database, mustBeMaster: role)
        let always =
            "*1\r\n$4\r\nPING\r\n*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$6\r\nparlor\r\n*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n"
        #expect(written(handshake.commands) == first + always + (role ? "*1\r\n$4\r\nROLE\r\n" : ""))
    }

    /// AUTH, SELECT, PING, CLIENT, INFO, ROLE in this order; the first error that counts, if any.
    @Test(arguments: [
        ([nil, nil, nil, nil, nil, nil] as [String?], nil as RedisError?),
        (["WRONGPASS bad"], RedisError(.notAllowed, "WRONGPASS")),
        (["ERR invalid password"], RedisError(.notAllowed, "ERR")),
        (["NOAUTH"], RedisError(.notAllowed, "NOAUTH")),
        ([nil, "ERR DB index is out of range"], RedisError(.refused, "ERR")),
        ([nil, "NOPERM select"], RedisError(.notAllowed, "NOPERM")),
        ([nil, nil, "NOAUTH"], RedisError(.notAllowed, "NOAUTH")),
        ([nil, nil, "LOADING"], RedisError(.notReady, "LOADING")),
        ([nil, nil, "BUSY"], RedisError(.notReady, "BUSY")),
        ([nil, nil, "MASTERDOWN"], RedisError(.notWritable, "MASTERDOWN")),
        ([nil, nil, "NOPERM", "NOPERM", "NOPERM", nil], nil),
        ([nil, nil, "MISCONF", "ERR unknown command", "ERR", nil], nil),
        ([nil, nil, nil, "LOADING"], RedisError(.notReady, "LOADING")),
        ([nil, nil, nil, nil, "LOADING"], RedisError(.notReady, "LOADING")),
        ([nil, nil, nil, nil, nil, "NOPERM"], RedisError(.notAllowed, "NOPERM")),
    ]) func `an answer lets it in or keeps it out`(errors: [String?], expected: RedisError?) {
        var handshake = Handshake(user: "ann", password: "secret", database: 1, mustBeMaster: true)
        var last = Handshake.Step.goesOn
        for (index, error) in errors.enumerated() {
            #expect(last == .goesOn)
            let role = RedisValue.array([.bytes(Array("master".utf8)), .integer(0), .array([])])
            let good = index == 5 ? role : .status("OK")
            last = handshake.answered(error.map { .failure(RedisError(reply: $0.utf8)) } ?? .success(good))
        }
        #expect(last == expected.map { .failed($0) } ?? .done)
    }

    @Test(
        arguments: [
            .array([.bytes(Array("slave".utf8))]), .array([]), .status("master"), .null, .integer(1),
        ] as [RedisValue]) func `who is no master is left`(role: RedisValue)
    {
        let trial = Trial()
        _ = trial.connect(mustBeMaster: true)
        for _ in 0..<3 { _ = trial.reply(.success(.status("OK"))) }
        #expect(trial.reply(.success(role)) == .act([.disconnect(attempt: 1), .report]))
        #expect(trial.machine.publicPhase == .waiting && trial.machine.error?.description == "not a master")
    }

    @Test func `a wrong password is tried again, and who asks meanwhile is told`() {
        let trial = Trial { $0.password = "secret" }
        _ = trial.connect()
        #expect(trial.give("a") == .waits)
        let error = RedisError(.notAllowed, "WRONGPASS")
        #expect(
            trial.reply(.failure(error)) == .act([.disconnect(attempt: 1), .report, .fail("a", error)]))
        #expect(trial.give("b") == .refused(error))
        #expect(trial.pass(.milliseconds(25)) == [.report, .connect(attempt: 2)])
    }

    // MARK: Commands

    @Test func `replies go to commands in their order`() {
        let trial = Trial.ready()
        #expect(trial.give("a") == .write)
        #expect(trial.give("b", count: 3) == .write)
        #expect(trial.give("c") == .write)
        #expect(trial.machine.load == 5)
        for name in ["a", "b", "b", "b", "c"] { #expect(trial.reply(.success(.null)) == .deliver(name)) }
        #expect(trial.machine.load == 0)
    }

    @Test func `what was given while it was connected goes out first, in order`() {
        let trial = Trial()
        #expect(trial.give("a") == .waits)
        _ = trial.connect()
        #expect(trial.give("b", count: 2) == .waits)
        for _ in 0..<2 { _ = trial.reply(.success(.status("OK"))) }
        #expect(
            trial.reply(.success(.null))
                == .act([.report, .write(.one(ping)), .write(.many([ping, ping]))]))
        #expect(trial.give("c") == .write)
        for name in ["a", "b", "b", "c"] { #expect(trial.reply(.success(.null)) == .deliver(name)) }
    }

    @Test func `a command that waits for the connection waits no longer than its deadline`() {
        let trial = Trial()
        #expect(trial.give("a") == .waits)
        trial.later(.milliseconds(400))
        _ = trial.resolve()
        #expect(trial.give("b") == .waits)
        #expect(trial.machine.nextDeadline == .at(500))
        #expect(trial.pass(.milliseconds(100)) == [.fail("a", RedisError(.unreachable, "no connection in time"))])
        #expect(trial.machine.load == 1 && trial.machine.publicPhase == .connecting)
    }

    @Test func `more than the most are refused`() {
        let trial = Trial.ready { $0.mostInFlight = 3 }
        #expect(trial.give("a") == .write)
        #expect(trial.give("b", count: 2) == .write)
        let refused = Machine.Given.refused(RedisError(.overloaded, "too many commands are under way"))
        #expect(trial.give("c") == refused)
        #expect(trial.reply(.success(.null)) == .deliver("a"))
        #expect(trial.give("c", count: 2) == refused)
        #expect(trial.give("c") == .write)
    }

    @Test func `more than the most are refused while it is connected`() {
        let trial = Trial { $0.mostInFlight = 1 }
        #expect(trial.give("a") == .waits)
        #expect(trial.give("b") == .refused(RedisError(.overloaded, "too many commands are under way")))
    }

    @Test(arguments: ["READONLY", "MASTERDOWN"]) func `a server that is no master any more is left`(word: String) {
        let trial = Trial.ready()
        for name in ["a", "b"] { #expect(trial.give(name) == .write) }
        let lost = RedisError(.connectionLost, word)
        #expect(
            trial.reply(.failure(RedisError(reply: "\(word) text".utf8)))
                == .deliverAndAct(
                    "a", [.disconnect(attempt: 1), .report, .connect(attempt: 2), .fail("b", lost)]))
    }

    @Test(arguments: ["MOVED", "LOADING", "MISCONF", "OOM", "NOPERM", "ERR", "BUSY"])
    func `any other error is one command's`(word: String) {
        let trial = Trial.ready()
        #expect(trial.give("a") == .write)
        #expect(trial.reply(.failure(RedisError(reply: "\(word) text".utf8))) == .deliver("a"))
        #expect(trial.machine.publicPhase == .ready)
    }

    @Test func `a reply that nobody asked for ends the connection`() {
        let trial = Trial.ready()
        #expect(
            trial.reply(.success(.null))
                == .act([.disconnect(attempt: 1), .report, .connect(attempt: 2)]))
        #expect(trial.machine.error == .unasked)
    }

    @Test func `garbage is the oldest command's reply`() {
        let trial = Trial.ready()
        for name in ["a", "b"] { #expect(trial.give(name) == .write) }
        let error = RedisError(.protocolViolation, "bad")
        #expect(
            trial.machine.lost(1, error, at: trial.now)
                == [
                    .disconnect(attempt: 1), .report, .connect(attempt: 2), .fail("a", error),
                    .fail("b", RedisError(.connectionLost, "bad")),
                ])
    }

    @Test func `what comes with the last answer of the handshake was not asked for`() {
        let trial = Trial()
        _ = trial.connect()
        #expect(trial.give("a") == .waits)
        for _ in 0..<2 { _ = trial.reply(.success(.status("OK")), moreCame: true) }
        #expect(
            trial.reply(.success(.null), moreCame: true)
                == .act([
                    .disconnect(attempt: 1), .report,
                    .fail("a", RedisError(.unreachable, "a reply that nobody asked for")),
                ]))
    }

    // MARK: Deadlines

    @Test func `the oldest command's deadline ends the connection`() {
        let trial = Trial.ready()
        #expect(trial.give("a") == .write)
        trial.later(.milliseconds(200))
        #expect(trial.give("b", count: 2) == .write)
        #expect(trial.machine.nextDeadline == .at(500))
        #expect(trial.pass(.milliseconds(299)) == [])
        #expect(
            trial.pass(.milliseconds(1))
                == [
                    .fail("a", RedisError(.deadline, "no reply in time")), .disconnect(attempt: 1), .report,
                    .connect(attempt: 2), .fail("b", RedisError(.connectionLost, "no reply in time")),
                ])
        #expect(trial.machine.load == 0)
    }

    @Test func `a reply in time moves the deadline to the next command`() {
        let trial = Trial.ready()
        #expect(trial.give("a") == .write)
        trial.later(.milliseconds(300))
        #expect(trial.give("b") == .write)
        #expect(trial.reply(.success(.null)) == .deliver("a"))
        #expect(trial.machine.nextDeadline == .at(800))
        #expect(trial.pass(.milliseconds(499)) == [])
        #expect(trial.reply(.success(.null)) == .deliver("b"))
        #expect(trial.machine.nextDeadline == nil)
    }

    @Test func `finding, reaching, securing and greeting the server have a deadline each`() {
        let trial = Trial { $0.resolving = .milliseconds(900) }
        #expect(trial.machine.nextDeadline == .at(900))
        trial.later(.milliseconds(899))
        #expect(trial.resolve())
        #expect(trial.machine.nextDeadline == .at(1399))
        trial.later(.milliseconds(499))
        trial.machine.reached(1, at: trial.now)
        #expect(trial.machine.nextDeadline == .at(1898))
        trial.later(.milliseconds(499))
        #expect(trial.machine.connected(1, at: trial.now) != [])
        #expect(trial.machine.nextDeadline == .at(2397))
        #expect(trial.pass(.milliseconds(500)) == [.disconnect(attempt: 1), .report])
        #expect(trial.machine.publicPhase == .waiting)
    }

    // MARK: Losing and coming back

    @Test func `a lost connection is tried again at once`() {
        let trial = Trial.ready()
        for name in ["a", "b"] { #expect(trial.give(name) == .write) }
        let error = RedisError(.unreachable, "gone")
        let lost = RedisError(.connectionLost, "gone")
        #expect(
            trial.lose()
                == [.disconnect(attempt: 1), .report, .connect(attempt: 2), .fail("a", lost), .fail("b", lost)])
        #expect(trial.machine.error == error && trial.machine.reconnects == 1)
        #expect(trial.give("c") == .waits)
    }

    @Test func `one that is lost again and again is not`() {
        let trial = Trial.ready()
        #expect(trial.lose() == [.disconnect(attempt: 1), .report, .connect(attempt: 2)])
        trial.becomeReady()
        #expect(trial.lose() == [.disconnect(attempt: 2), .report])
        #expect(trial.machine.publicPhase == .waiting)
    }

    @Test func `one that was steady is, and its waits begin anew`() {
        let trial = Trial.ready()
        for _ in 0..<3 {
            trial.later(.seconds(1))
            #expect(trial.lose().contains(.connect(attempt: trial.machine.attempt)))
            for delay in [25, 50, 100, 200, 400, 800, 1000, 1000] as [Int64] {
                #expect(trial.lose() == [.disconnect(attempt: trial.machine.attempt), .report])
                #expect(trial.machine.nextDeadline == trial.now + .milliseconds(delay))
                #expect(trial.pass(.milliseconds(delay)).contains(.connect(attempt: trial.machine.attempt)))
            }
            trial.becomeReady()
        }
    }

    @Test func `while it waits, commands fail at once`() {
        let trial = Trial()
        #expect(trial.give("a") == .waits)
        let error = RedisError(.unreachable, "gone")
        #expect(trial.lose() == [.disconnect(attempt: 1), .report, .fail("a", error)])
        #expect(trial.give("b") == .refused(error))
        #expect(trial.pass(.milliseconds(25)) == [.report, .connect(attempt: 2)])
        #expect(trial.give("c") == .waits)
    }

    @Test func `what is told of an earlier try changes nothing`() {
        let trial = Trial.ready()
        _ = trial.lose()
        #expect(trial.machine.lost(1, .unasked, at: trial.now) == [])
        #expect(trial.machine.connected(1, at: trial.now) == [])
        let goesOn = trial.machine.resolved(1, trial.endpoint, at: trial.now)
        #expect(!goesOn)
        #expect(trial.machine.attempt == 2 && trial.machine.publicPhase == .connecting)
    }

    // MARK: Closing

    @Test func `closing fails all that is under way, and all that comes`() {
        let trial = Trial.ready()
        for name in ["a", "b"] { #expect(trial.give(name) == .write) }
        let error = RedisError(.closed, "the connection is closed")
        #expect(
            trial.machine.close()
                == [.disconnect(attempt: 1), .report, .fail("a", error), .fail("b", error), .closed])
        #expect(trial.give("c") == .refused(error))
        #expect(trial.machine.lost(1, .unasked, at: trial.now) == [])
        #expect(trial.machine.close() == [] && trial.machine.nextDeadline == nil)
    }

    @Test func `closing while it is connected fails what waits`() {
        let trial = Trial()
        #expect(trial.give("a") == .waits)
        let error = RedisError(.closed, "the connection is closed")
        #expect(trial.machine.close() == [.disconnect(attempt: 1), .report, .fail("a", error), .closed])
    }
}

let ping = RedisCommand("PING")
private let setName = RedisCommand("CLIENT", ["SETNAME", "parlor"])
private let information = RedisCommand("INFO", ["server"])

extension NIODeadline {
    static func at(_ milliseconds: Int64) -> Self { .uptimeNanoseconds(0) + .milliseconds(milliseconds) }
}

/// A machine and its time. Half of every longest wait is waited.
final class Trial {
    var machine: Machine
    private(set) var now = NIODeadline.at(0)
    let endpoint = Endpoint(address: .init(host: "h", port: 1))

    init(_ change: (inout Machine.Settings) -> Void = { _ in }) {
        var settings = Machine.Settings()
        settings.backoff.random = { 0.5 }
        change(&settings)
        machine = Machine(settings, at: now)
        #expect(machine.start(at: now) == [.report, .connect(attempt: 1)])
    }

    static func ready(_ change: (inout Machine.Settings) -> Void = { _ in }) -> Trial {
        let trial = Trial(change)
        trial.becomeReady()
        return trial
    }

    func becomeReady() {
        _ = connect()
        for _ in 0..<3 { _ = reply(.success(.status("OK"))) }
        #expect(machine.publicPhase == .ready)
    }

    func resolve(mustBeMaster: Bool = false) -> Bool {
        var endpoint = endpoint
        endpoint.mustBeMaster = mustBeMaster
        return machine.resolved(machine.attempt, endpoint, at: now)
    }

    func connect(mustBeMaster: Bool = false) -> [Machine.Action] {
        #expect(resolve(mustBeMaster: mustBeMaster))
        return machine.connected(machine.attempt, at: now)
    }

    func give(_ name: String, count: Int = 1) -> Machine.Given {
        machine.given(count == 1 ? .one(ping) : .many(Array(repeating: ping, count: count)), name, at: now)
    }

    func reply(_ reply: Result<RedisValue, RedisError>, moreCame: Bool = false) -> Machine.Replied {
        machine.replied(reply, moreCame: moreCame, at: now)
    }

    func lose() -> [Machine.Action] {
        machine.lost(machine.attempt, RedisError(.unreachable, "gone"), at: now)
    }

    func later(_ time: TimeAmount) { now = now + time }

    func pass(_ time: TimeAmount) -> [Machine.Action] {
        later(time)
        return machine.timePassed(at: now)
    }
}
