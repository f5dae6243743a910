/// Brings clients into their rooms: the first of each makes it, the others follow. Pure.
///
/// The clients of a room stand next to each other, the players first and then those who watch.
struct Seating {
    private enum Place { case absent, welcome, asked, seated }

    private struct Room {
        var name: String?
        /// The client at each seat.
        var players: [Int?]
    }

    private let gameType: String
    /// More members of the data with which a room is made, each with a comma before it.
    private let creation: String
    private let players: Int
    private let membersPerRoom: Int
    private var places: [Place]
    private var rooms: [Room]
    private var seated = 0

    /// - Parameter options: the game's, as JSON.
    init(_ gameType: String, rooms count: Int, players: Int, spectators: Int = 0, options: String? = nil) {
        self.gameType = gameType
        creation = options.map { #","options":\#($0)"# } ?? ""
        self.players = players
        membersPerRoom = players + spectators
        places = Array(repeating: .absent, count: count * membersPerRoom)
        rooms = Array(repeating: Room(players: Array(repeating: nil, count: players)), count: count)
    }

    var connections: Int { places.count }
    var roomCount: Int { rooms.count }
    var isComplete: Bool { seated == places.count }

    func room(of client: Int) -> Int { client / membersPerRoom }
    func isPlayer(_ client: Int) -> Bool { client % membersPerRoom < players }
    func name(of room: Int) -> String? { rooms[room].name }
    /// Who sits at each seat of a room, once everybody does.
    func players(of room: Int) -> [Int] { rooms[room].players.compactMap(\.self) }

    mutating func welcomed(_ client: Int, _ load: inout Load) {
        places[client] = .welcome
        if client % membersPerRoom == 0 {
            places[client] = .asked
            load.ask(client) { id in
                #"{"type":"join_room","id":\#(id),"gameType":"\#(gameType)","data":{"name":"P","create":true\#(creation)}}"#
            }
        } else if rooms[room(of: client)].name != nil {
            follow(client, &load)
        }
    }

    /// - Returns: whether that made the seating complete.
    mutating func heard(_ message: Message, by client: Int, _ load: inout Load) -> Bool {
        guard message.kind == .joinResult, places[client] == .asked, !message.isRefusal else { return false }
        guard let name = message.room.map({ String(decoding: $0, as: UTF8.self) }) else { return false }
        places[client] = .seated
        seated += 1
        let room = room(of: client)
        if let seat = message.data?["seat"]?.integer, rooms[room].players.indices.contains(Int(seat)) {
            rooms[room].players[Int(seat)] = client
        }
        if rooms[room].name == nil {
            rooms[room].name = name
            for other in (client + 1)..<((room + 1) * membersPerRoom) where places[other] == .welcome {
                follow(other, &load)
            }
        }
        return isComplete
    }

    private mutating func follow(_ client: Int, _ load: inout Load) {
        guard let name = rooms[room(of: client)].name else { return }
        places[client] = .asked
        let role = isPlayer(client) ? "player" : "spectator"
        load.ask(client) { id in
            #"{"type":"join_room","id":\#(id),"roomId":"\#(name)","data":{"name":"P","as":"\#(role)"}}"#
        }
    }
}
