internal import JSONCoding
internal import BlackBox
internal import GameKitProtocol
internal import Logging
internal import NIOCore
internal import RoomEngine
internal import SessionStore

/// What a server has against games that end it: the notes it writes, and what it learnt from those of the process before.
final class TrapGuard: Sendable {
    /// What is kept to while the server runs.
    let sentence: TrapSentence
    let recorder: TrapRecorder
    /// Where the records are; nil: nothing outlives the process.
    private let folder: String?
    private let ledger: TrapLedger
    private let logger: Logger

    /// Reads what the process before left, decides what follows, and begins to record anew. The order keeps a trap from
    /// being lost or counted twice when the process ends meanwhile: the ledger names the process whose traps it has.
    /// - Parameter loops: how many notes are needed.
    /// - Throws: `unavailable` when the folder cannot be written to.
    init(
        folder: String?, loops: Int, games: [GameSettings], now: Int64, logger: Logger
    ) throws(StoreError) {
        self.folder = folder
        self.logger = logger
        var ledger = TrapLedger()
        if let folder {
            ledger = Self.read(Self.ledger(in: folder), logger)
            if let finding = TrapRecorder.finding(in: Self.box(in: folder)), finding.flight != ledger.flight,
                !finding.traps.isEmpty
            {
                for trap in finding.traps { Self.report(trap, ledger.record(trap, at: now), logger) }
                ledger.flight = finding.flight
                try DurableFile.write(Self.text(of: ledger), to: Self.ledger(in: folder))
            }
        }
        self.ledger = ledger
        let rules = games.map { ($0.entry.manifest.type, $0.entry.manifest.rulesVersion) }
        sentence = ledger.sentence(rules: Dictionary(rules) { first, _ in first })
        recorder = try TrapRecorder(folder.map(Self.box), notes: loops)
        for game in sentence.games {
            logger.error("game switched off: it ended the server in several rooms", metadata: ["game.type": "\(game)"])
        }
    }

    static func box(in folder: String) -> String { "\(folder)/blackbox" }
    private static func ledger(in folder: String) -> String { "\(folder)/traps.json" }

    /// From now on a trap of this process is written down, and a game that does not return ends it. Once in a process.
    /// - Parameter supervisor: the process with which this one is to end, if there is one.
    func arm(_ loops: [any EventLoop], supervisor: Int32?) {
        // On a loop, because the kernel forgets the wish with the thread that had it.
        if let supervisor { loops.first?.execute { parlor_end_with_parent(supervisor) } }
        for loop in loops {
            loop.execute { [logger] in
                let fault = parlor_box_prepare_thread()
                if fault != 0 { logger.warning("no stack for signals", metadata: ["errno": "\(fault)"]) }
            }
        }
        let fault = parlor_box_arm(recorder.box)
        if fault != 0 { logger.warning("traps are not recorded", metadata: ["errno": "\(fault)"]) }
        Watchdog.start(recorder, logger)
    }

    // MARK: Rooms

    /// Closes the rooms that are in quarantine as far as the store still has them, and leaves a report of each. One that
    /// cannot be closed now is at the next start; nobody comes into it meanwhile.
    /// - Parameter archivedUntil: for how long what happened in a room is kept.
    /// - Returns: the rooms that may be loaded.
    func quarantine(
        _ headers: [RoomHeader], in store: any RoomStore, archivedUntil: (RoomHeader) -> Int64?
    ) async -> [RoomHeader] {
        for header in headers where sentence.rooms.contains(header.id) {
            do throws(StoreError) {
                try await close(header, in: store, archivedUntil: archivedUntil(header))
                logger.error(
                    "room quarantined", metadata: ["room.id": "\(header.id)", "game.type": "\(header.gameType)"])
            } catch {
                logger.error(
                    "quarantined room not removed", metadata: ["room.id": "\(header.id)", "error": "\(error)"])
            }
        }
        return headers.filter { !sentence.rooms.contains($0.id) && !sentence.games.contains($0.gameType) }
    }

    private func close(
        _ header: RoomHeader, in store: any RoomStore, archivedUntil: Int64?
    ) async throws(StoreError) {
        let claimed = await withCheckedContinuation { continuation in
            store.claim(header.id) { continuation.resume(returning: $0) }
        }
        guard let stored = try claimed.get() else { return }
        if let folder {
            let report = TrapReport(stored, traps: ledger.traps.filter { $0.room == header.id })
            try report.write(to: "\(folder)/reports")
        }
        let removal = RoomCommit(
            room: header.id, term: stored.term, epoch: stored.epoch, version: stored.version,
            change: .removed(archivedUntil: archivedUntil))
        let result = await withCheckedContinuation { continuation in
            store.append([removal]) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }

    // MARK: The ledger's file

    private static func read(_ path: String, _ logger: Logger) -> TrapLedger {
        do throws(UnreadableFile) {
            let text = try OperatorFile.read(path)
            if let ledger = try? JSONReader.decode(TrapLedger.self, from: text) { return ledger }
            logger.error("the ledger of traps cannot be read and begins anew", metadata: ["file": "\(path)"])
        } catch {
            if error.cause != .absent { logger.error("the ledger of traps begins anew", metadata: ["why": "\(error)"]) }
        }
        return TrapLedger()
    }

    private static func text(of ledger: TrapLedger) throws(StoreError) -> [UInt8] {
        do {
            return try CanonicalJSON.encode(ledger)
        } catch {
            throw StoreError(.corrupt, "the ledger of traps cannot be written as JSON")
        }
    }

    private static func report(_ trap: Trap, _ actions: [TrapLedger.Action], _ logger: Logger) {
        logger.error(
            "a game ended the server",
            metadata: [
                "game.type": "\(trap.game)", "room.id": "\(trap.room?.rawValue ?? "none")", "fault": "\(trap.fault)",
                "call": "\(trap.call)",
            ])
        for case .bar(let address) in actions {
            logger.warning("address barred for a while", metadata: ["address": "\(address)"])
        }
    }
}
