internal import Dice
internal import GameKitProtocol
internal import NIOCore
internal import OweDrahn
internal import Pong
internal import SessionStore
internal import TicTacToe

@testable internal import ParlorServer
@testable internal import RoomEngine

/// From a room's state to what is sent of it.
extension Workload {
    static let states = [
        viewing("view-tictactoe", TicTacToe.self, players: 2, moves: 5),
        viewing("view-dice", Dice.self, players: 2, moves: 5),
        viewing("view-owedrahn", OweDrahn.self, players: 4, moves: 5),
        Workload("view-pong", "encodes a view of Pong") { _ in
            let room = try flying(ticks: 90)
            return { keep(try? room.view(.spectator)) }
        },
        Workload("state-pong", "makes the frame of a state of Pong of its view") { _ in
            let room = try flying(ticks: 90)
            let view = try room.view(.spectator)
            return { keep(state(of: room, view)) }
        },
        Workload("diff-pong", "compares two views of Pong") { _ in
            let (old, new) = (try flying(ticks: 90).view(.spectator), try flying(ticks: 93).view(.spectator))
            guard let old, let new else { throw Unfit("no views") }
            return { keep(MergePatch.diff(from: old[...], to: new[...])) }
        },
        Workload("patch-pong", "makes the frame of a patch of Pong of two states") { _ in
            let (before, after) = (try flying(ticks: 90), try flying(ticks: 93))
            let old = state(of: before, try before.view(.spectator))
            let new = state(of: after, try after.view(.spectator))
            return { keep(new.patch(from: old)) }
        },
        Workload("event-dice", "makes the frame of a game's event") { _ in
            let messages = RoomMessages(room: try roomID(), epoch: 1)
            let event = NumberedEvent(
                seq: 1042, at: .zero, event: .game(#"{"event":"rolled","seat":0,"value":3}"#))
            return { keep(Frame.text(messages.event(event))) }
        },
        Workload("answer-move", "makes the frame of the answer to a move") { _ in
            let messages = RoomMessages(room: try roomID(), epoch: 1)
            return {
                let text = messages.success("make_move_result", id: .text("m-1042")) { data in
                    data.set("version", 1042)
                    data.set("serverTime", 1_712_345_678_901)
                }
                keep(Frame.text(text))
            }
        },
    ]

    private static func viewing<G: Game>(_ name: String, _ game: G.Type, players: Int, moves: Int) -> Workload {
        Workload(name, "encodes a view of \(G.manifest.name)") { _ in
            let rounds = try Rounds(of: game, players: players, moves: moves)
            for move in rounds.moves { _ = rounds.rooms[move.room].apply(move.input, move.at, false) }
            return { keep(try? rounds.rooms[0].view(.spectator)) }
        }
    }

    /// A room of Pong whose ball flies.
    private static func flying(ticks: Int) throws -> AnyRoom {
        let room = try Rounds.room(of: Pong.self, players: 2)
        for tick in 1...ticks { _ = room.tick(.seconds(tick) / 60) }
        return room
    }

    static func state(of room: AnyRoom, _ view: [UInt8]?) -> RoomState {
        guard let id = try? roomID() else { preconditionFailure("no room id") }
        return RoomState(room: id, epoch: 1, status: room.status(), view: view) { time in
            1_712_345_678_901 + time.milliseconds
        }
    }

    static func roomID(_ text: String = "k7m2q9xw") throws -> RoomID {
        guard let room = RoomID(rawValue: text) else { throw Unfit("no room id: \(text)") }
        return room
    }
}
