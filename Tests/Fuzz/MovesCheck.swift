import JSONCoding
import Dice
import GameKitProtocol
import OweDrahn
import Pong
import TicTacToe

@testable import RoomEngine

/// Whatever is sent as a move, the room stays one that can be stored and brought back, and a refusal changes nothing.
///
/// The first byte of an input chooses the game. The rest of its first line is options, each further line a move, which
/// every seat tries.
enum MovesCheck {
    private static let games = [
        GameEntry(TicTacToe.self), GameEntry(Dice.self), GameEntry(OweDrahn.self), GameEntry(Pong.self),
    ]
    /// Enough for a round; more would only be slow.
    private static let mostMoves = 16

    static func check(_ input: [UInt8]) throws(FuzzTarget.Broken) {
        guard let first = input.first else { return }
        let entry = games[Int(first) % games.count]
        let lines = input.dropFirst().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let chosen = lines.first, isJSON(chosen) else { return }
        guard let options = try? entry.options(Array(chosen), Array("{}".utf8)) else { return }
        let seed = SeededRandom(key: (7, UInt64(first)))
        guard let room = try? entry.makeRoom(options, RoomRules(entry.manifest), seed) else {
            throw FuzzTarget.Broken("options were accepted that make no room")
        }
        let seats = (0..<options.seats.upperBound).map { Seat($0) }
        for seat in seats {
            let newcomer = Newcomer(playerId: "p\(seat)", name: "P\(seat)", holder: "h\(seat)")
            _ = room.apply(.seated(newcomer, at: nil), .zero, true)
            _ = room.apply(.readied(seat, true), .zero, true)
        }
        for (number, line) in lines.dropFirst().prefix(mostMoves).enumerated() where isJSON(line) {
            let now = Duration.milliseconds(50 * (number + 1))
            if room.isTicking() { _ = room.tick(now) }
            for seat in seats { try play(line, by: seat, in: room, entry, now) }
        }
    }

    private static func play(
        _ move: ArraySlice<UInt8>, by seat: Seat, in room: AnyRoom, _ entry: GameEntry, _ now: Duration
    ) throws(FuzzTarget.Broken) {
        // What time does, it does before the move.
        _ = room.apply(.timePassed, now, true)
        let before = try snapshot(of: room)
        let verdict = room.apply(.moved(seat, move, id: nil), now, true).verdict
        let after = try snapshot(of: room)
        switch verdict {
        case .refused, .unchanged, .repeated:
            guard before == after else { throw FuzzTarget.Broken("a refused move changed the room") }
        case .broken(let why): throw FuzzTarget.Broken("the game broke: \(why)")
        case .committed:
            guard let again = try? entry.restoreRoom(after, entry.manifest.rulesVersion),
                try snapshot(of: again) == after
            else { throw FuzzTarget.Broken("a state that is another one once it was read") }
        }
        for viewer in [Viewer.spectator, .seat(seat)] {
            guard (try? room.view(viewer)) != nil else { throw FuzzTarget.Broken("a view that cannot be written") }
        }
    }

    private static func snapshot(of room: AnyRoom) throws(FuzzTarget.Broken) -> [UInt8] {
        guard let text = try? room.snapshot() else { throw FuzzTarget.Broken("a state that cannot be written") }
        return text
    }

    /// The server hands on nothing else.
    private static func isJSON(_ text: ArraySlice<UInt8>) -> Bool {
        String(validating: text, as: UTF8.self) != nil && (try? JSONScanner.members(of: text)) != nil
    }
}
