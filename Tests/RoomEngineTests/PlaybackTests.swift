import GameKitProtocol
import JSONCoding
import Testing

@testable import RoomEngine

/// A history played for an onlooker, with everybody's identity and without.
@Suite struct PlaybackTests {
    static let entry = GameEntry(Puppet<OpenHouse>.self)

    /// A course of every kind of input: what it begins at, the entries of its log, and the states they led to.
    private struct Recorded {
        var entries: [[UInt8]] = []
        var states: [[UInt8]] = []
        var fingerprints: [UInt64?] = []
        var messages: [[Commit.Message]] = []

        init() throws {
            let live = try ReplayTests.newRoom()
            states.append(try live.snapshot())
            fingerprints.append(live.fingerprint())
            for (input, at) in ReplayTests.course {
                let applied = live.apply(input, .seconds(at), true)
                entries.append(try #require(applied.logEntry))
                guard case .committed(let commit) = applied.verdict else { continue }
                messages.append(commit.messages)
                states.append(try live.snapshot())
                fingerprints.append(live.fingerprint())
            }
        }
    }

    @Test func `tells each step what was told when it was played`() throws {
        let recorded = try Recorded()
        let playback = try Self.entry.playback(.state(recorded.states[0]))
        for (index, entry) in recorded.entries.enumerated() {
            var messages: [Commit.Message] = []
            let step = try playback.play(entry) { messages += $0.messages }
            #expect(messages == recorded.messages[index])
            #expect(step.version == UInt64(index) + 1 && step.commits == 1 && step.isVerified)
            #expect(step.at == .seconds(ReplayTests.course[index].1))
            #expect(playback.fingerprint() == recorded.fingerprints[index + 1])
        }
    }

    @Test func `every tick of a run is told, in order`() throws {
        let live = AnyRoom(try Driver(Clockwork.self, "AB").engine, RoomFunctions(Puppet<Clockwork>.self))
        let start = try live.snapshot()
        let period = Duration.milliseconds(20)
        var run = TickRun(start: period, every: period)
        var told: [Commit.Message] = []
        for number in 1...6 {
            if number > 1 { _ = run.goesOn(at: period * number) }
            guard case .committed(let commit) = live.tick(period * number) else { continue }
            told += commit.messages
        }
        let playback = try GameEntry(Puppet<Clockwork>.self).playback(.state(start))
        var versions: [UInt64] = []
        var messages: [Commit.Message] = []
        let step = try playback.play(try #require(run.logEntry(fingerprint: live.fingerprint()))) { commit in
            versions.append(commit.version)
            messages += commit.messages
        }
        #expect(versions == Array(3...8))
        #expect(!messages.isEmpty && messages == told)
        #expect(step.commits == 6 && step.version == 8 && step.isVerified)
    }

    @Test func `an entry of a time that no room reaches is none`() throws {
        let start = try CanonicalJSON.encode(Driver(Clockwork.self, "AB").engine.snapshot)
        let century = Duration.seconds(100 * 366 * 86_400)
        func play(at time: Duration, every period: Duration? = nil) throws {
            var run = TickRun(start: time, every: period ?? .zero)
            if let period { _ = run.goesOn(at: time + period) }
            let entry = try #require(run.logEntry(fingerprint: nil))
            _ = try GameEntry(Puppet<Clockwork>.self).playback(.state(start)).play(entry) { _ in }
        }
        try play(at: .zero)
        try play(at: century)
        try play(at: .zero, every: .seconds(1))
        #expect(throws: ReplayFault.unreadable) { try play(at: .seconds(-1)) }
        #expect(throws: ReplayFault.unreadable) { try play(at: century + .nanoseconds(1)) }
        #expect(throws: ReplayFault.unreadable) { try play(at: .zero, every: .seconds(1) + .nanoseconds(1)) }
        #expect(throws: ReplayFault.unreadable) { try play(at: .seconds(9), every: .seconds(-1)) }
        let playback = try GameEntry(Puppet<Clockwork>.self).playback(.state(start))
        for more in [-1, 7 * 86_400 * 240 + 1] {
            let run = #"{"at":[0,0],"input":{"ticked":{}},"more":\#(more),"every":[0,1]}"#
            #expect(throws: ReplayFault.unreadable) { _ = try playback.play(Array(run.utf8)) { _ in } }
        }
    }

    @Test func `a new room is told by its options, rules and seed alone`() throws {
        let recorded = try Recorded()
        let playback = try Self.entry.playback(.state(recorded.states[0]))
        guard case .new(let text) = playback.beginning else {
            Issue.record("it is \(playback.beginning)")
            return
        }
        let again = try Self.entry.playback(.new(text))
        #expect(again.beginning == playback.beginning && again.fingerprint() == recorded.fingerprints[0])
    }

    /// From every state that the course comes through.
    @Test func `nobody is known by what is left, and every hash holds`() throws {
        let recorded = try Recorded()
        for start in recorded.states.indices {
            let whole = try Self.entry.playback(.state(recorded.states[start]))
            let playback = try Self.entry.playback(whole.beginning)
            #expect(playback.fingerprint() == recorded.fingerprints[start])
            var texts: [[UInt8]] =
                switch whole.beginning {
                case .new(let text), .state(let text): [text]
                }
            for entry in recorded.entries.dropFirst(start) {
                let bare = try #require(playback.withoutIdentity(entry))
                texts.append(bare)
                #expect(try playback.play(bare) { _ in }.isVerified)
            }
            for text in texts.map({ ReplayTests.text($0) }) {
                for secret in [
                    #""playerId":"A""#, #""playerId":"B""#, #""playerId":"bot""#, "holder", "user", #""id":"#,
                ] {
                    #expect(!text.contains(secret), "\(secret) in \(text)")
                }
                #expect(text.matches(of: /"playerId":"[^"]/).isEmpty && text.matches(of: /"receipts":\[[^\]]/).isEmpty)
            }
        }
    }

    @Test func `names and levels stay`() throws {
        let bot = Newcomer(playerId: "p", name: "Bot", holder: "h", user: "u", level: .hard)
        #expect(bot.withoutIdentity == Newcomer(playerId: "", name: "Bot", holder: nil, level: .hard))
    }

    @Test(arguments: [
        "", "{}", "null", #"{"at":[0,0],"input":{"walked":{}}}"#,
        #"{"at":[9223372036854775807,18446744073709551615],"input":{"locked":{"_0":true}}}"#,
        #"{"at":[-1,0],"input":{"locked":{"_0":true}}}"#,
        #"{"at":[0,0],"input":{"ticked":{}},"more":-1,"every":[0,1]}"#,
        #"{"at":[0,0],"input":{"ticked":{}},"more":9223372036854775807,"every":[0,1]}"#,
        #"{"at":[0,0],"input":{"ticked":{}},"more":100,"every":[9223372036854775807,0]}"#,
        #"{"at":[0,0],"input":{"moved":{"_0":-1,"_1":{"roll":{}}}}}"#,
        #"{"at":[0,0],"input":{"moved":{"_0":9223372036854775807,"_1":{"roll":{}}}}}"#,
        #"{"at":[0,0],"input":{"left":{"_0":-9223372036854775808,"_1":"kicked"}}}"#,
        #"{"at":[0,0],"input":{"away":{"_0":64}}}"#, #"{"at":[0,0],"input":{"back":{"_0":1000}}}"#,
        #"{"at":[0,0],"input":{"readied":{"_0":-5,"_1":true}}}"#, #"{"at":[0,0],"input":{"voted":{"_0":99}}}"#,
        #"{"at":[0,0],"input":{"seated":{"_0":{"playerId":"","name":""},"at":-7}}}"#,
    ])
    func `an entry of a stranger's making is refused`(_ text: String) throws {
        let playback = try Self.entry.playback(.state(try Recorded().states[0]))
        #expect(throws: ReplayFault.self) { try playback.play(Array(text.utf8)) { _ in } }
    }
}
