internal import JSONCoding
internal import Foundation
internal import RoomEngine
internal import SessionStore

/// One room in an operator's list, for people and for machines.
struct RoomLine {
    /// What is known of a room that was brought back.
    struct State {
        let phase: RoomPhase
        let players: [String]
        let seats: Int

        init(_ room: AnyRoom) {
            let chairs = room.facts().chairs
            phase = room.status().phase
            players = chairs.compactMap { $0?.name }
            seats = chairs.count
        }
    }

    let room: RoomListing
    var state: State?

    // MARK: For people

    /// Each as wide as what is usual in it; what is longer pushes the rest of its line aside.
    private static let widths = [22, 10, 6, 20, 7, 5, 8, 12, 20]

    static func header(withStates: Bool) -> String {
        let names = ["ROOM", "GAME", "STATUS", "CREATED", "ACCESS", "EPOCH", "VERSION", "ARCHIVE", "KEPT UNTIL"]
        return aligned(names + (withStates ? ["PHASE", "PLAYERS"] : []))
    }

    func text(withState: Bool) -> String {
        let header = room.header
        var columns = [
            header.id.rawValue, header.gameType, room.isLiving ? "lives" : "ended", Self.time(header.createdAt),
            "\(header.visibility)", room.epoch.map { "\($0)" } ?? "-", "\(room.version)",
            room.archiveBytes.map { "\($0)" } ?? "-", room.keptUntil.map(Self.time) ?? "-",
        ]
        if withState {
            columns += [state?.phase.rawValue ?? "-"]
            columns += [
                state.map { "\($0.players.count)/\($0.seats) " + PlainText.line($0.players.joined(separator: ", ")) }
                    ?? "-"
            ]
        }
        return Self.aligned(columns)
    }

    private static func aligned(_ columns: [String]) -> String {
        let padded = columns.enumerated().map { index, text in
            let width = index < widths.count ? widths[index] : index == widths.count ? 8 : 0
            return text + String(repeating: " ", count: max(0, width - text.count))
        }
        return padded.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }

    private static func time(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(milliseconds) / 1000).formatted(.iso8601)
    }

    // MARK: For machines

    var json: String {
        var object = JSONObject()
        object.set("room", room.header.id.rawValue)
        object.set("game", room.header.gameType)
        object.set("status", room.isLiving ? "lives" : "ended")
        object.set("createdAt", room.header.createdAt)
        object.set("private", room.header.isPrivate)
        object.set("visibility", "\(room.header.visibility)")
        object.set("epoch", room.epoch)
        object.set("version", room.version)
        object.set("archiveBytes", room.archiveBytes)
        object.set("keptUntil", room.keptUntil)
        if let state {
            object.set("phase", state.phase.rawValue)
            object.set("seats", state.seats)
            object.set(
                "players",
                array: state.players.map { name in
                    var text: [UInt8] = []
                    CanonicalJSON.append(name, to: &text)
                    return text
                })
        }
        return String(decoding: object.closed(), as: UTF8.self)
    }
}
