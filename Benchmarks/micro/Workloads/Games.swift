internal import Dice
internal import GameKitProtocol
internal import OweDrahn
internal import Pong
internal import TicTacToe

@testable internal import RoomEngine

/// Steps of rooms.
extension Workload {
    static let games = [
        moving("move-tictactoe", TicTacToe.self, players: 2),
        moving("move-dice", Dice.self, players: 2),
        moving("move-owedrahn", OweDrahn.self, players: 4),
        Workload("move-pong", "turns a paddle round, with its entry for the log") { _ in
            let room = try Rounds.room(of: Pong.self, players: 2)
            let moves = [bytes(#"{"dir":-1,"input":1041}"#), bytes(#"{"dir":1,"input":1042}"#)]
            var number = 0
            return {
                number += 1
                let input = RoomInput.moved(Seat(number % 2), moves[number / 2 % 2][...], id: nil)
                mustCommit(room.apply(input, .milliseconds(10 * number), true).verdict)
            }
        },
        Workload("tick-pong", "a step of Pong while nobody turns a paddle", turns: 5000) { turns in
            // Ten goals, each at least a second after the one before.
            let rooms = try (0...turns / 600).map { try Rounds.room(of: Pong.self, players: 2, number: $0) }
            var (current, number) = (0, 0)
            return {
                if !rooms[current].isTicking() { current += 1 }
                number += 1
                mustCommit(rooms[current].tick(.seconds(number) / 60))
            }
        },
    ]

    private static func moving<G: Game>(_ name: String, _ game: G.Type, players: Int) -> Workload {
        Workload(name, "applies a move of \(G.manifest.name), with its entry for the log") { turns in
            let rounds = try Rounds(of: game, players: players, moves: turns)
            var moves = rounds.moves.makeIterator()
            return {
                guard let move = moves.next() else { preconditionFailure("more turns than there are moves") }
                let applied = rounds.rooms[move.room].apply(move.input, move.at, true)
                mustCommit(applied.verdict)
                keep(applied.logEntry)
            }
        }
    }

    private static func mustCommit(_ verdict: Verdict) {
        guard case .committed(let commit) = verdict else { preconditionFailure("a step that was not taken") }
        keep(commit)
    }
}
