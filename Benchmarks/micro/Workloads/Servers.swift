internal import GameKitProtocol
internal import NIOCore
internal import Pong
internal import TicTacToe

@testable internal import ParlorServer
@testable internal import RoomEngine

/// What happens from the bytes that a client sends to those that everybody gets.
extension Workload {
    static let servers = [
        Workload("whole-ping", "answers a ping") { _ in
            let server = try HandServer(GameEntry(TicTacToe.self), durability: .none)
            let client = try server.makeRoom("the-room", players: 1)[0]
            let frame = clientFrame(bytes(#"{"type":"ping","id":7,"data":{"t":1712345678901}}"#))
            return {
                client.send(frame)
                expect(client.take(), 1)
            }
        },
        moving("whole-move", "carries out a move: two states and the answer", .none),
        moving("whole-move-stored", "the same where every move is stored first, in memory", .everyInput),
        Workload("whole-join", "seats somebody with one of a hundred who wait, starts, and lets them leave", turns: 200)
        {
            turns in
            let server = try HandServer(GameEntry(TicTacToe.self), durability: .none)
            let join = clientFrame(bytes(#"{"type":"join_room","gameType":"tictactoe","data":{"name":"Ada"}}"#))
            let create = clientFrame(bytes(#"{"type":"join_room","gameType":"tictactoe","data":{"create":true}}"#))
            let leave = clientFrame(bytes(#"{"type":"leave_room"}"#))
            let waiting = try (0..<turns + 100).map { try HandClient(server, "waiting-\($0)") }
            for client in waiting {
                client.take()
                // The answer and the state.
                client.ask(create, frames: 2)
            }
            let client = try HandClient(server, "comes and goes")
            client.take()
            return {
                client.ask(join, frames: 2)
                // That it left, that the game is over so, and the answer.
                client.ask(leave, frames: 3)
            }
        },
        Workload("whole-chat", "brings a line of chat to five hundred", turns: 100) { _ in
            let server = try HandServer(GameEntry(TicTacToe.self), durability: .none)
            let clients = try server.makeRoom("the-room", players: 2, spectators: 498)
            let frame = clientFrame(bytes(#"{"type":"chat","data":{"text":"Well played! Another one after lunch?"}}"#))
            var number = 0
            return {
                clients[number % clients.count].send(frame)
                number += 1
                // Not all of those who watch have their turn at once.
                server.loop.run()
                server.loop.advance(by: .milliseconds(1))
                for client in clients { expect(client.take(), 1) }
            }
        },
        Workload("whole-pong", "a sixtieth of a second of a hundred rooms of Pong", turns: 120) { _ in
            let server = try HandServer(GameEntry(Pong.self), durability: .none)
            let clients = try (0..<100).flatMap { try server.makeRoom("room-number-\($0)", players: 2) }
            return {
                server.loop.advance(by: .nanoseconds(1_000_000_000 / 60))
                for client in clients { client.take() }
            }
        },
    ]

    /// Moves of tic-tac-toe, each in the room of its round.
    private static func moving(_ name: String, _ what: String, _ durability: GameManifest.Durability) -> Workload {
        Workload(name, what) { turns in
            let server = try HandServer(GameEntry(TicTacToe.self), durability: durability)
            let rounds = try Rounds(of: TicTacToe.self, players: 2, moves: turns)
            let rooms = try rounds.rooms.indices.map { try server.makeRoom("room-number-\($0)", players: 2) }
            var moves = try rounds.moves.enumerated().map { number, move in
                guard case .moved(let seat, let text, _) = move.input else { throw Unfit("no move") }
                let move = String(decoding: text, as: UTF8.self)
                let frame = clientFrame(bytes(#"{"type":"make_move","id":"m-\#(number)","data":\#(move)}"#))
                return (rooms[rounds.moves[number].room], seat.rawValue, frame)
            }.makeIterator()
            return {
                guard let (room, seat, frame) = moves.next() else { preconditionFailure("no move is left") }
                room[seat].send(frame)
                server.loop.run()
                // The last move of a round is followed by an event, too.
                let frames = room[seat].take()
                precondition(frames == 2 || frames == 3, "\(frames) frames for who moved")
                precondition(room[1 - seat].take() == frames - 1, "the other one was told something else")
            }
        }
    }

    private static func expect(_ frames: Int, _ count: Int) {
        precondition(frames == count, "\(frames) frames came")
    }
}
