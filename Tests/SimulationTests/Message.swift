import JSONCoding
import Foundation
import NIOCore
import RoomEngine
import SessionStore

@testable import ParlorServer

/// A message of the server as a client reads it.
struct Message {
    let bytes: [UInt8]
    private let fields: Fields
    private let data: Fields

    init(_ frame: ByteBuffer) {
        let bytes = Array(frame.readableBytesView)
        let header = bytes[1] < 126 ? 2 : bytes[1] == 126 ? 4 : 10
        self.init(payload: Array(bytes[header...]))
    }

    init(payload: [UInt8]) {
        bytes = payload
        fields = Fields(((try? JSONScanner.members(of: payload[...])) ?? nil) ?? [])
        let data = fields.raw("data").flatMap { (try? JSONScanner.members(of: $0)) ?? nil }
        self.data = Fields(data ?? [])
    }

    var type: String { string("type", fields) ?? "" }
    var id: String? { string("id", fields) }
    var room: RoomID? { string("roomId", fields).flatMap { RoomID(rawValue: $0) } }
    var epoch: UInt64? { number("epoch", fields) }
    var seq: UInt64? { number("seq", fields) }
    var version: UInt64? { number("version", fields) }
    var isSuccess: Bool { fields.raw("success").map(text) == "true" }
    var seat: Int? { number("seat", data).map(Int.init) }
    var resultVersion: UInt64? { type == "make_move_result" ? number("version", data) : nil }
    var isRepeated: Bool { data.raw("repeated").map(text) == "true" }
    var isRecovered: Bool { data.raw("recovered").map(text) == "true" }

    /// One of the numbered events.
    var isEvent: Bool {
        switch type {
        case "game_event", "player_joined", "player_left", "player_disconnected", "player_reconnected", "game_started",
            "game_ended", "rematch_voted", "ready_changed":
            true
        default: false
        }
    }

    private var error: Fields? {
        fields.raw("error").flatMap { (try? JSONScanner.members(of: $0)) ?? nil }.map { Fields($0) }
    }
    var code: String? { error.flatMap { string("code", $0) } }

    /// The number that the ledger has already.
    var writtenDown: Int? {
        guard let error, string("reason", error) == "written_down" else { return nil }
        return string("message", error).flatMap { Int($0) }
    }

    /// The seats whose secrets are in here.
    var secrets: [Int] {
        let whole = text(bytes)
        return whole.ranges(of: "secret-of-").compactMap { Int(whole[$0.upperBound...].prefix { $0.isNumber }) }
    }

    private func string(_ name: String, _ fields: Fields) -> String? { (try? fields.string(name)) ?? nil }
    private func number(_ name: String, _ fields: Fields) -> UInt64? {
        fields.raw(name).flatMap { UInt64(text($0)) }
    }
}
