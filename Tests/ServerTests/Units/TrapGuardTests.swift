import BlackBox
import Foundation
import Logging
import RoomEngine
import SessionStore
import Testing

@testable import ParlorServer

/// What one process leaves behind and the next one makes of it.
@Suite struct TrapGuardTests {
    private let folder: ScratchFolder
    private let game = GameSettings(GameEntry(Draughts.self))
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init() throws { folder = try ScratchFolder() }

    private func start() throws -> TrapGuard {
        try TrapGuard(folder: folder.path, loops: 2, games: [game], now: 1000, logger: logger)
    }

    /// A process that a room ends while it is brought back.
    private func run(trappedIn room: Int?) throws -> TrapSentence {
        let traps = try start()
        if let room {
            traps.recorder.note(0).during(.restore, of: header(room), game) {
                traps.recorder.pointer(0).pointee.guilt = UInt32(SIGSEGV)
            }
        }
        return traps.sentence
    }

    private func header(_ room: Int) -> RoomHeader {
        RoomHeader(id: .numbered(room), gameType: "draughts", createdAt: 0)
    }

    private func store(_ rooms: [Int]) async throws -> MemoryRoomStore {
        let store = MemoryRoomStore()
        for room in rooms {
            for (version, change) in [
                RoomCommit.Change.created(header(room), snapshot: bytes(#"{"a":1}"#), isArchived: true),
                .input(bytes(#"{"b":2}"#), snapshot: nil),
            ].enumerated() {
                let commit = RoomCommit(
                    room: .numbered(room), term: 1, epoch: 1, version: UInt64(version), change: change)
                await withCheckedContinuation { done in store.append([commit]) { _ in done.resume() } }
            }
        }
        return store
    }

    @Test func `a trap is counted by the next process, once`() throws {
        #expect(try run(trappedIn: 1).rooms.isEmpty)
        for _ in 0..<3 { #expect(try run(trappedIn: nil).rooms.isEmpty) }
        #expect(try run(trappedIn: 1).rooms.isEmpty)
        #expect(try run(trappedIn: nil).rooms == [.numbered(1)])
    }

    @Test func `a black box that is found again is not counted again`() throws {
        _ = try run(trappedIn: 1)
        let box = try Data(contentsOf: URL(filePath: TrapGuard.box(in: folder.path)))
        for _ in 0..<3 {
            #expect(try start().sentence.rooms.isEmpty)
            // As if the process had ended between its ledger and its new black box.
            try box.write(to: URL(filePath: TrapGuard.box(in: folder.path)))
        }
    }

    @Test func `a room in quarantine leaves the store and a report of itself`() async throws {
        for room in [1, 1] { _ = try run(trappedIn: room) }
        let store = try await store([1, 2])
        let left = try await start().quarantine(try await store.headers(after: nil, limit: 10), in: store) { _ in nil }
        #expect(left.map(\.id) == [.numbered(2)])
        #expect(try await store.headers(after: nil, limit: 10).map(\.id) == [.numbered(2)])
        let report = try String(contentsOfFile: folder.path + "/reports/room0001.json", encoding: .utf8)
        let trap = #"{"fault":"segmentationFault","call":"restore","digest":"3","at":1000}"#
        #expect(
            report == #"{"room":"room0001","game":"draughts","rules":1,"server":"\#(Server.version)","#
                + #""traps":[\#(trap),\#(trap)],"snapshotVersion":0,"snapshot":{"a":1},"log":[{"b":2}]}"#)
    }

    @Test func `rooms of a game that is off stay in the store, and are not loaded`() async throws {
        for room in 1...3 { _ = try run(trappedIn: room) }
        let store = try await store([1, 2, 3, 4])
        let traps = try start()
        #expect(traps.sentence.games == ["draughts"])
        #expect(
            await traps.quarantine(
                try await store.headers(after: nil, limit: 10), in: store, archivedUntil: { _ in nil }
            ).isEmpty)
        #expect(try await store.headers(after: nil, limit: 10).count == 4)
    }

    @Test func `there are no more reports than a folder should hold`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/reports", withIntermediateDirectories: false)
        for number in 0..<Limits.trapReports { _ = try folder.file("reports/\(number)", "") }
        for room in [1, 1] { _ = try run(trappedIn: room) }
        let store = try await store([1])
        _ = try await start().quarantine(try await store.headers(after: nil, limit: 10), in: store) { _ in nil }
        #expect(try await store.headers(after: nil, limit: 10).isEmpty)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/reports").count == Limits.trapReports)
    }

    @Test(arguments: ["", "{", "[]", #"{"traps":7}"#]) func `a ledger that cannot be read begins anew`(_ text: String)
        throws
    {
        _ = try folder.file("traps.json", text)
        #expect(try run(trappedIn: 1) == TrapSentence())
        #expect(try run(trappedIn: 1) == TrapSentence())
        #expect(try run(trappedIn: nil).rooms == [.numbered(1)])
    }

    @Test func `a folder that cannot be written to is named`() throws {
        #expect(throws: StoreError.self) {
            try TrapGuard(folder: folder.path + "/none", loops: 1, games: [], now: 0, logger: logger)
        }
    }

    @Test func `without a folder there is nothing to learn`() throws {
        let traps = try TrapGuard(folder: nil, loops: 2, games: [game], now: 0, logger: logger)
        #expect(traps.sentence == TrapSentence())
        #expect(traps.recorder.note(1).during(.restore, of: header(1), game) { 7 } == 7)
    }
}
