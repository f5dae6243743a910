import BlackBox
import Foundation
import GameKitProtocol
import RoomEngine
import SessionStore
import Testing

@testable import ParlorServer

/// What is written before a call into a game, and what the next process reads of it.
@Suite struct TrapRecorderTests {
    private let folder: ScratchFolder
    private let path: String
    private let recorder: TrapRecorder
    private let room: LiveRoom

    init() throws {
        folder = try ScratchFolder()
        path = folder.path + "/blackbox"
        recorder = try TrapRecorder(path, notes: 3)
        let game = GameSettings(GameEntry(Draughts.self))
        let options = CheckedOptions.board(8)
        let header = RoomHeader(id: .numbered(1), gameType: "draughts", createdAt: 0)
        room = LiveRoom(
            header: header, game: game, options: options,
            room: try game.entry.makeRoom(options, game.rules, seeded(1)), term: 1, epoch: 1, now: .start, wallClock: 0,
            entropy: .system)
    }

    /// What stands in the file when the process ends during the call.
    private func trap(_ input: RoomInput<ArraySlice<UInt8>>, from address: String? = nil) throws -> Trap {
        recorder.note(1).during(input, in: room, from: address.map { .literal($0) }) {
            recorder.pointer(1).pointee.guilt = UInt32(SIGILL)
        }
        return try #require(TrapRecorder.finding(in: path)?.traps.first)
    }

    @Test func `a move is told with all that a report needs`() throws {
        let move = bytes(#"{"row":1}"#)
        let trap = try trap(.moved(0, move[...], id: nil), from: "192.0.2.7")
        #expect(
            trap
                == Trap(
                    fault: "illegalInstruction", call: "move", digest: String(Digest.of(move), radix: 16),
                    room: .numbered(1), game: "draughts", rules: 1, address: "192.0.2.7", input: #"{"row":1}"#))
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::ffff:192.0.2.7", "192.0.2.7"),
    ])
    func `an address is told as limits count it`(_ address: String, told: String) throws {
        let trap = try trap(.moved(0, bytes("1")[...], id: nil), from: address)
        #expect(trap.address == told)
        #expect(ClientAddress(text: told) == .literal(address))
    }

    @Test func `a long move is cut, and is still told from another one`() throws {
        let long = [UInt8](repeating: UInt8(ascii: "1"), count: 16_000)
        let first = try trap(.moved(0, long[...], id: nil))
        #expect(first.input == String(repeating: "1", count: 1024))
        let second = try trap(.moved(0, (long + bytes("2"))[...], id: nil))
        #expect(first.cause != second.cause)
    }

    @Test func `a newcomer's secret is in no note`() throws {
        let secret = "5ec2e75ec2e75ec2e7"
        let trap = try trap(
            .seated(Newcomer(playerId: "p", name: "Ann", holder: secret), at: nil), from: "192.0.2.7")
        #expect(trap.call == "seat")
        #expect(trap.input == nil)
        let file = try Data(contentsOf: URL(filePath: path))
        #expect(file.range(of: Data(secret.utf8)) == nil)
        #expect(file.range(of: Data("Ann".utf8)) == nil)
    }

    @Test func `what a move left in the note is not the next call's`() throws {
        _ = try trap(.moved(0, bytes("12")[...], id: nil), from: "192.0.2.7")
        let trap = try trap(.timePassed)
        #expect(trap.call == "time")
        #expect(trap.input == nil)
        #expect(trap.address == nil)
    }

    @Test func `a note is busy during the call and not after it, even one that throws`() throws {
        struct Fault: Error {}
        let note = recorder.note(0)
        func isBusy() -> Bool { parlor_note_sequence(recorder.pointer(0)) % 2 == 1 }
        #expect(!isBusy())
        #expect(note.during(.view, in: room) { isBusy() })
        #expect(!isBusy())
        #expect(throws: Fault.self) { try note.during(.view, in: room) { () throws in throw Fault() } }
        #expect(!isBusy())
        #expect(parlor_note_sequence(recorder.pointer(1)) == 0, "each loop has its own")
    }

    @Test func `options are told without a room`() throws {
        let game = room.game
        let text = bytes(#"{"size":0}"#)
        recorder.note(2).checking(text, game, from: .literal("192.0.2.7")) {
            recorder.pointer(2).pointee.guilt = UInt32(PARLOR_GUILT_ENDLESS)
        }
        let trap = try #require(TrapRecorder.finding(in: path)?.traps.first)
        #expect(trap.room == nil)
        #expect(trap.game == "draughts")
        #expect(trap.fault == "endless")
        #expect(trap.input == #"{"size":0}"#)
    }

    @Test func `the innocent are not found`() throws {
        recorder.note(0).during(.tick, in: room) {
            #expect(TrapRecorder.finding(in: path)?.traps == [])
        }
    }

    @Test func `a new recorder begins with a new page`() throws {
        _ = try trap(.timePassed)
        let before = try #require(TrapRecorder.finding(in: path))
        // Fewer loops than before: what the old ones wrote is gone too.
        let next = try TrapRecorder(path, notes: 1)
        let after = try #require(TrapRecorder.finding(in: path))
        #expect(after.traps.isEmpty)
        #expect(after.flight != before.flight)
        #expect(after.flight == next.box.pointee.flight)
    }

    @Test(arguments: [0, 7, 63, 64, 65, 64 + 1216 - 1])
    func `a file cut anywhere is no fault`(_ count: Int) throws {
        _ = try trap(.timePassed)
        let bytes = try Data(contentsOf: URL(filePath: path)).prefix(count)
        let cut = folder.path + "/cut"
        try bytes.write(to: URL(filePath: cut))
        #expect(TrapRecorder.finding(in: cut)?.traps ?? [] == [])
    }

    @Test func `a file of garbage is no fault`() throws {
        var random = seeded(3)
        for _ in 0..<50 {
            var bytes = try Data(contentsOf: URL(filePath: path))
            // The first word stays, so that the rest is read.
            for index in 8..<bytes.count { bytes[index] = UInt8.random(in: .min ... .max, using: &random) }
            let file = folder.path + "/garbage"
            try bytes.write(to: URL(filePath: file))
            _ = TrapRecorder.finding(in: file)
        }
        let empty = try folder.file("text", "no black box at all, but text that is longer than its first line would be")
        #expect(TrapRecorder.finding(in: empty) == nil)
    }
}
