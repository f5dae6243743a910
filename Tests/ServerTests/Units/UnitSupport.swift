import GameKitProtocol
import NIOCore

import SessionStore

@testable import ParlorServer
@testable import RoomEngine

/// Short ways to say what the suites of pure types need.
extension RoomID {
    /// A room with a number for a name.
    static func numbered(_ number: Int) -> RoomID {
        let digits = String(number)
        return literal("room" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
    }

    static func literal(_ text: String) -> RoomID {
        guard let room = RoomID(rawValue: text) else { preconditionFailure("no room id: \(text)") }
        return room
    }
}

extension CheckedOptions {
    /// The options of ``Draughts`` with a board of this size.
    static func board(_ size: Int) -> CheckedOptions {
        guard let options = try? GameEntry(Draughts.self).options(bytes("{\"size\":\(size)}"), bytes("{}")) else {
            preconditionFailure("no options: \(size)")
        }
        return options
    }
}

extension RoomRow {
    /// A waiting public room of two seats in which one connected person sits.
    static func open(
        _ number: Int, gameType: String = "draughts", options: CheckedOptions? = nil, isPrivate: Bool = false,
        players: Int = 1, maxSeats: Int = 2, createdAt: Int64 = 0,
        _ change: (inout RoomRow.Status) -> Void = { _ in }
    ) -> RoomRow {
        var row = RoomRow(
            id: .numbered(number), gameType: gameType, options: options, isPrivate: isPrivate, createdAt: createdAt,
            maxSeats: maxSeats, status: RoomRow.Status(isAlive: true, players: players))
        change(&row.status)
        return row
    }
}

extension NIODeadline {
    /// So long after the start of a test's own clock.
    static func at(_ time: TimeAmount) -> NIODeadline { .uptimeNanoseconds(1_000_000_000_000) + time }
    static let start = at(.zero)
}

extension ConnectionID {
    static func numbered(_ number: Int, loop: Int = 0) -> ConnectionID {
        ConnectionID(loop: loop, slot: number, serial: UInt64(number))
    }
}

extension ClientAddress {
    static func literal(_ text: String) -> ClientAddress {
        guard let address = ClientAddress(text: text) else { preconditionFailure("no address: \(text)") }
        return address
    }
}

extension RandomNumberGenerator {
    mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &self) == 0 }
}

/// A source of chance that every run draws the same from.
func seeded(_ seed: UInt64) -> SeededRandom { SeededRandom(key: (seed, 7)) }

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
func text(_ frame: ByteBuffer) -> String { String(buffer: frame) }

/// The status of a room that a message tells.
func status(
    _ phase: RoomPhase = .playing, version: UInt64 = 1, seq: UInt64 = 1, turnEnds: Duration? = nil,
    pauseEnds: Duration? = nil, outcome: Outcome? = nil
) -> RoomStatus {
    RoomStatus(
        phase: phase, version: version, seq: seq, turnEnds: turnEnds, pauseEnds: pauseEnds, outcome: outcome,
        emptySince: nil, finishedSince: nil)
}
