import GameKitProtocol
import NIOCore
import RoomEngine
import SessionStore

@testable import ParlorServer

/// Knows what the store has, sees everything that leaves the server, and says when a promise was broken.
///
/// Beside every room it plays its log once more, so at every moment it knows what may be told.
final class Judge {
    /// The room as the store would give it back.
    struct Record {
        let room: AnyRoom
        let gameType: String
        var isRemoved = false
        var isExact: Bool { gameType == "ledger" }
    }

    private(set) var faults: [String] = []
    private var digest: UInt64 = 14_695_981_039_346_656_037
    private(set) var records: [RoomID: Record] = [:]
    private var owners: [String: Int] = [:]
    /// Which version each number was written down at.
    private(set) var written: [RoomID: [Int: UInt64]] = [:]
    /// The text of every view and event there was, by where it stands.
    private var told: [String: UInt64] = [:]
    private let games: [String: GameEntry]
    private let agenda: Agenda

    init(_ agenda: Agenda, games: [String: GameEntry]) {
        self.agenda = agenda
        self.games = games
    }

    var trace: String { String(digest, radix: 16) }

    func accuse(_ fault: String) {
        guard faults.count < 5 else { return }
        faults.append("at \(agenda.now.uptimeNanoseconds / 1_000_000) ms: \(fault)")
    }

    /// Adds to what two runs of a seed must agree on.
    func note(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { digest = (digest ^ UInt64(byte)) &* 1_099_511_628_211 }
    }

    // MARK: The store

    /// The store has taken commits of a process.
    func stored(_ commits: [RoomCommit], by owner: Int) {
        for commit in commits {
            let reign = "\(commit.room) \(commit.term)"
            if let other = owners.updateValue(owner, forKey: reign), other != owner {
                accuse("two writers in one term of \(commit.room)")
            }
            take(commit)
        }
    }

    private func take(_ commit: RoomCommit) {
        let id = commit.room
        switch commit.change {
        case .created(let header, let snapshot, _):
            guard let game = games[header.gameType], let state = StoredState(snapshot),
                let room = try? game.restoreRoom(state.room, state.rulesVersion)
            else { return accuse("a new room cannot be read") }
            records[id] = Record(room: room, gameType: header.gameType)
        case .input(let input, let snapshot):
            replay([input], in: id, to: commit.version)
            if let snapshot { compare(snapshot, with: id) }
        case .snapshot(let snapshot, let inputs):
            replay(inputs, in: id, to: nil)
            compare(snapshot, with: id)
        case .migrated: accuse("no rules have changed")
        case .rewritten: accuse("nothing was lost")
        case .confirmed: break
        case .removed: records[id]?.isRemoved = true
        }
    }

    private func replay(_ inputs: [[UInt8]], in id: RoomID, to version: UInt64?) {
        guard let record = records[id], !record.isRemoved else { return accuse("an input of no room") }
        for input in inputs {
            do throws(ReplayFault) {
                let commit = try record.room.replay(input)
                noteNumber(in: input, of: id, at: commit.version)
            } catch {
                accuse("what was stored does not replay (\(error)): \(text(input))")
            }
        }
        if let version, record.room.status().version != version { accuse("a log entry under a wrong version") }
    }

    private func noteNumber(in input: [UInt8], of id: RoomID, at version: UInt64) {
        guard let number = number(after: #""add":"#, in: text(input)) else { return }
        if written[id, default: [:]].updateValue(version, forKey: number) != nil {
            accuse("\(number) was counted twice")
        }
    }

    private func compare(_ snapshot: [UInt8], with id: RoomID) {
        guard let state = StoredState(snapshot), let record = records[id] else { return accuse("an unreadable state") }
        // While ticks run on, the archive is behind the state.
        guard state.ticks == nil else { return }
        if (try? record.room.snapshot()) != state.room {
            accuse("the stored state of \(id) is not what its inputs lead to")
        }
    }

    // MARK: What is told

    /// A message leaves the server for somebody on `seat` (nil: a spectator).
    func left(_ message: Message, seat: Int?) {
        note(message.bytes)
        guard let room = message.room, let record = records[room] else {
            if let room = message.room, message.isSuccess || message.seq != nil {
                accuse("\(message.type) of \(room), which is not in the store")
            }
            return
        }
        let status = record.room.status()
        if record.isExact, let version = message.version ?? message.resultVersion, version > status.version {
            accuse("\(message.type) tells version \(version) of \(room); the store has \(status.version)")
        }
        if let seq = message.seq, record.isExact || message.isEvent, seq > status.seq {
            accuse("\(message.type) tells event \(seq) of \(room); the store has \(status.seq)")
        }
        if let number = message.writtenDown, written[room]?[number] == nil {
            accuse("a refusal rests on \(number), which is not stored")
        }
        if message.isEvent, let seq = message.seq {
            same("event \(room) \(message.epoch ?? 0) \(seq)", message.bytes)
        }
        for secret in message.secrets where secret != seat { accuse("seat \(seat ?? -1) sees the secret of \(secret)") }
    }

    func left(_ state: RoomState, seat: Int?) {
        let view = state.view ?? []
        let whole = Message(payload: view)
        same("view \(state.room) \(state.epoch) \(state.version) \(seat ?? -1)", view)
        guard let record = records[state.room] else { return accuse("a state of \(state.room), which is not stored") }
        let status = record.room.status()
        if record.isExact, state.version > status.version {
            accuse("a state of version \(state.version) of \(state.room); the store has \(status.version)")
        }
        if state.seq > status.seq { accuse("a state tells event \(state.seq); the store has \(status.seq)") }
        for secret in whole.secrets where secret != seat { accuse("seat \(seat ?? -1) sees the secret of \(secret)") }
        note(view)
    }

    /// A move was acknowledged.
    func acknowledged(_ number: Int, in room: RoomID, at version: UInt64) {
        guard let record = records[room], record.isExact else { return }
        let stored = written[room]?[number]
        if stored != version { accuse("\(number) was acknowledged at \(version), and is stored at \(stored ?? 0)") }
    }

    private func same(_ place: String, _ bytes: [UInt8]) {
        let hash = Digest.of(bytes)
        if let before = told.updateValue(hash, forKey: place), before != hash { accuse("told two things as \(place)") }
    }
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

/// The whole number that follows `key`.
func number(after key: String, in text: String) -> Int? {
    guard let start = text.firstRange(of: key)?.upperBound else { return nil }
    return Int(text[start...].prefix { $0.isNumber })
}
