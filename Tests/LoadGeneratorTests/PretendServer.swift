import Foundation

/// A server of few lines, which says what the protocol has a server say, to loads without sockets.
struct PretendServer {
    private struct Room {
        let gameType: String
        let seatCount: Int
        var seats: [Int] = []
        var members: [Int] = []
        var votes: Set<Int> = []
        var seq = 0
        var version = 0
        var phase = "waiting"
        var moves = 0
    }

    /// What it has to say, to whom.
    var replies: [(client: Int, text: String)] = []
    private var rooms: [String: Room] = [:]
    private var names: [String] = []

    private static let movesOfGame = 7

    mutating func welcomes(_ client: Int) { say(client, #"{"type":"welcome","data":{"protocol":1}}"#) }

    mutating func left(_ client: Int) {
        for name in names { rooms[name]?.members.removeAll { $0 == client } }
    }

    mutating func hears(_ text: String, from client: Int) {
        guard let message = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] else { return }
        let data = message["data"] as? [String: Any] ?? [:]
        let id = (message["id"] as? Int).map { #","id":\#($0)"# } ?? ""
        switch message["type"] as? String {
        case "ping": say(client, #"{"type":"pong"\#(id),"data":{"serverTime":1}}"#)
        case "join_room": join(client, message, data, id)
        case "leave_room": leave(client, id)
        case "make_move": move(client, id)
        case "rematch": vote(client, id)
        case "resync": for name in names(of: client) { sayState(name, to: [client]) }
        case "chat":
            let line = #""data":{"playerId":"p","name":"P","text":"\#(data["text"] ?? "")","at":1}"#
            for name in names(of: client) { tell(name, #"{"type":"chat","roomId":"\#(name)","epoch":1,\#(line)}"#) }
        default: say(client, #"{"type":"error"\#(id),"success":false,"error":{"code":"unknown_type"}}"#)
        }
    }

    /// A twentieth of a second has gone by, in which Pong was played.
    mutating func tick() {
        for name in names where rooms[name]?.gameType == "pong" && rooms[name]?.phase == "playing" {
            rooms[name]?.version += 3
            sayState(name)
        }
    }

    /// Ends every game.
    mutating func endGames() {
        for name in names where rooms[name]?.phase == "playing" {
            rooms[name]?.phase = "finished"
            rooms[name]?.version += 1
            sayState(name)
        }
    }

    // MARK: Rooms

    private mutating func join(_ client: Int, _ message: [String: Any], _ data: [String: Any], _ id: String) {
        let isSpectator = data["as"] as? String == "spectator"
        let gameType = message["gameType"] as? String ?? ""
        let seats = (data["options"] as? [String: Any])?["seats"] as? Int ?? (gameType == "owedrahn" ? 8 : 2)
        var name = message["roomId"] as? String
        if name == nil, data["create"] == nil {
            name = names.first { rooms[$0].map { $0.gameType == gameType && $0.seats.count < $0.seatCount } ?? false }
        }
        let room = name ?? "room\(names.count)"
        if name == nil {
            rooms[room] = Room(gameType: gameType, seatCount: seats)
            names.append(room)
        }
        guard !isSpectator else { return enter(room, client, seat: nil, id) }
        event(room, "player_joined")
        rooms[room]?.version += 1
        rooms[room]?.seats.append(client)
        if gameType != "owedrahn", rooms[room].map({ $0.seats.count == $0.seatCount }) ?? false {
            rooms[room]?.phase = "playing"
            event(room, "game_started")
        }
        sayState(room)
        enter(room, client, seat: (rooms[room]?.seats.count ?? 1) - 1, id)
    }

    private mutating func enter(_ name: String, _ client: Int, seat: Int?, _ id: String) {
        guard let room = rooms[name] else { return }
        let seat = seat.map { #""seat":\#($0),"# } ?? ""
        rooms[name]?.members.append(client)
        say(
            client,
            #"{"type":"join_room_result"\#(id),"roomId":"\#(name)","epoch":1,"seq":\#(room.seq),"version":\#(room.version),"success":true,"data":{\#(seat)"phase":"\#(room.phase)"}}"#
        )
        sayState(name, to: [client])
    }

    private mutating func leave(_ client: Int, _ id: String) {
        for name in names(of: client) {
            rooms[name]?.members.removeAll { $0 == client }
            rooms[name]?.seats.removeAll { $0 == client }
            event(name, "player_left")
            say(client, #"{"type":"leave_room_result"\#(id),"roomId":"\#(name)","success":true,"data":{}}"#)
        }
    }

    private mutating func move(_ client: Int, _ id: String) {
        for name in names(of: client) {
            guard rooms[name]?.phase == "playing" else {
                say(
                    client,
                    #"{"type":"make_move_result"\#(id),"roomId":"\#(name)","success":false,"error":{"code":"game_over"}}"#
                )
                continue
            }
            rooms[name]?.moves += 1
            rooms[name]?.version += 1
            if rooms[name]?.gameType == "dice" { event(name, "game_event") }
            if rooms[name]?.gameType == "tictactoe", rooms[name]?.moves == Self.movesOfGame {
                rooms[name]?.phase = "finished"
            }
            sayState(name)
            let version = rooms[name]?.version ?? 0
            say(
                client,
                #"{"type":"make_move_result"\#(id),"roomId":"\#(name)","success":true,"data":{"version":\#(version)}}"#)
        }
    }

    private mutating func vote(_ client: Int, _ id: String) {
        for name in names(of: client) {
            rooms[name]?.votes.insert(client)
            event(name, "rematch_voted")
            if rooms[name].map({ $0.votes.count == $0.seatCount }) ?? false {
                rooms[name]?.votes = []
                rooms[name]?.moves = 0
                rooms[name]?.phase = "playing"
                rooms[name]?.version += 1
                event(name, "game_started")
                sayState(name)
            }
            say(client, #"{"type":"rematch_result"\#(id),"roomId":"\#(name)","success":true,"data":{}}"#)
        }
    }

    // MARK: What is said

    private func names(of client: Int) -> [String] { names.filter { rooms[$0]?.members.contains(client) ?? false } }

    private mutating func event(_ name: String, _ type: String) {
        rooms[name]?.seq += 1
        tell(name, #"{"type":"\#(type)","roomId":"\#(name)","epoch":1,"seq":\#(rooms[name]?.seq ?? 0),"data":{}}"#)
    }

    private mutating func sayState(_ name: String, to members: [Int]? = nil) {
        guard let room = rooms[name] else { return }
        let marks = (0..<9).map { $0 < room.moves ? #""X""# : #""""# }
        let rows = (0..<3).map { "[" + marks[($0 * 3)..<($0 * 3 + 3)].joined(separator: ",") + "]" }
        let turn = room.phase == "playing" ? #","turn":\#(room.moves % room.seatCount)"# : ""
        let view = #"{"board":[\#(rows.joined(separator: ","))]\#(turn),"turnTotal":\#(room.moves * 5 % 25)}"#
        let text =
            #"{"type":"game_state","roomId":"\#(name)","epoch":1,"seq":\#(room.seq),"version":\#(room.version),"data":{"phase":"\#(room.phase)","view":\#(view)}}"#
        for member in members ?? room.members { say(member, text) }
    }

    private mutating func tell(_ name: String, _ text: String) {
        for member in rooms[name]?.members ?? [] { say(member, text) }
    }

    private mutating func say(_ client: Int, _ text: String) { replies.append((client, text)) }
}
