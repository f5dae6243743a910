import GameKitProtocol
import Testing

@testable import RoomEngine

/// Ticks that the log holds as one entry.
@Suite struct TickRunTests {
    private static func text(_ run: TickRun, fingerprint: UInt64?) throws -> String {
        ReplayTests.text(try #require(run.logEntry(fingerprint: fingerprint)))
    }

    @Test func `it goes on with the next tick, none earlier and none later`() {
        var run = TickRun(start: .seconds(2), every: .milliseconds(250))
        #expect(run.count == 1 && run.end == .seconds(2))
        let others = [1_750, 2_000, 2_249, 2_251, 2_500].map { run.goesOn(at: .milliseconds($0)) }
        #expect(!others.contains(true) && run.count == 1)
        let next = [2_250, 2_500].map { run.goesOn(at: .milliseconds($0)) }
        #expect(next == [true, true])
        #expect(run.count == 3 && run.end == .milliseconds(2_500))
    }

    @Test func `its entry has the first tick, how many follow and how far apart`() throws {
        var run = TickRun(start: .seconds(2), every: .milliseconds(250))
        #expect(try Self.text(run, fingerprint: nil) == #"{"at":[0,2000000000000000000],"input":{"ticked":{}}}"#)
        for time in [2_250, 2_500] { _ = run.goesOn(at: .milliseconds(time)) }
        #expect(
            try Self.text(run, fingerprint: 255)
                == #"{"at":[0,2000000000000000000],"input":{"ticked":{}},"more":2,"every":[0,250000000000000000],"hash":"ff"}"#
        )
    }

    @Test(arguments: [true, false])
    func `it is played again tick by tick`(hasFingerprint: Bool) throws {
        var live = try Driver(Clockwork.self, "AB")
        var replayed = live.engine
        live.now = .seconds(2)
        try live.commit(.ticked)
        var run = TickRun(start: live.now, every: .milliseconds(250))
        for _ in 0..<3 {
            live.now += run.every
            try live.commit(.ticked)
            _ = run.goesOn(at: live.now)
        }
        let fingerprint = hasFingerprint ? live.engine.snapshot.fingerprint() : nil
        let last = try replayed.replay(try #require(run.logEntry(fingerprint: fingerprint)))
        #expect(last.version == live.engine.status.version)
        #expect(replayed.snapshot == live.engine.snapshot)
    }

    /// A room that waits takes no tick: what is read is refused, and what is too long is not even read.
    @Test(arguments: [(-1, false), (0, true), (145_152_000, true), (145_152_001, false)])
    func `more than a week of the fastest ticks is none of ours`(more: Int, isRead: Bool) throws {
        var engine = try Driver(Clockwork.self, "A").engine
        let entry = #"{"at":[0,0],"input":{"ticked":{}},"more":\#(more),"every":[0,1]}"#
        let fault = isRead ? ReplayFault.notCommitted("refused(RoomEngine.RoomRefusal.paused)") : .unreadable
        #expect(throws: fault) { try engine.replay(Array(entry.utf8)) }
    }
}

/// What two runs of the same inputs are compared by.
@Suite struct FingerprintTests {
    @Test func `another state is found out`() throws {
        var live = try Driver(Clockwork.self, "AB")
        var other = live
        try live.commit(.ticked)
        let entry = try #require(live.engine.logEntry(.ticked, at: live.now))
        try other.play(.add(1), by: 0)
        #expect(throws: ReplayFault.anotherState) { try other.engine.replay(entry) }
    }

    /// The logs of rooms carry it, and receipts a digest: a change makes them worthless.
    @Test func `it is the same in every version of the server`() throws {
        let snapshot = try Driver(Duel.self).engine.snapshot
        #expect(Digest.of(Array("parlor".utf8)) == 8_213_284_323_154_385_398)
        #expect(snapshot.fingerprint() == 2_405_291_490_939_732_321)
        #expect((0...4096).first { snapshot.fingerprint(upTo: $0) != nil } == 108, "the bytes it is made of")
    }

    @Test func `of a state of more than 4096 bytes the log has none`() throws {
        var engine = try Driver(Duel.self, "AB").engine
        engine.snapshot.round?.game.calls = [""]
        let least = try #require((0...4096).first { engine.snapshot.fingerprint(upTo: $0) != nil })
        for (bytes, isThere) in [(4096, true), (4097, false)] {
            engine.snapshot.round?.game.calls = [String(repeating: "x", count: bytes - least)]
            let entry = ReplayTests.text(try #require(engine.logEntry(.ticked, at: .zero)))
            #expect(entry.contains("hash") == isThere, "\(bytes) bytes")
        }
    }
}
