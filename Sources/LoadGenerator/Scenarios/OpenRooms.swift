/// Rooms that wait for players and have a seat free, each with somebody in it, so that quick joins find them. Pure.
struct OpenRooms {
    /// Of the games that there are, the one that does not begin by itself when all seats are taken.
    static let gameType = "owedrahn"
    /// Of the eight, one is taken.
    private static let freeSeats = 7

    private let clients: Range<Int>
    private let count: Int
    private var open = 0

    /// - Parameter first: the client that makes the first of them; as many others as are needed follow it.
    init(_ count: Int, from first: Int) {
        self.count = count
        clients = first..<(first + Self.clients(for: count))
    }

    /// With fewer, guests would make rooms of their own, which stay for a minute when they have left.
    static func least(for guests: Int) -> Int { (guests + freeSeats - 1) / freeSeats }
    static func clients(for rooms: Int) -> Int { (rooms + LoadLimits.roomsPerClient - 1) / LoadLimits.roomsPerClient }

    var isComplete: Bool { open == count }

    func contains(_ client: Int) -> Bool { clients.contains(client) }

    /// Where a client comes from, so that it makes no more rooms than one address may.
    func source(of client: Int) -> Int { (client - clients.lowerBound) / LoadLimits.roomMakersPerAddress }

    func welcomed(_ client: Int, _ load: inout Load) {
        let made = (client - clients.lowerBound) * LoadLimits.roomsPerClient
        for _ in made..<min(made + LoadLimits.roomsPerClient, count) {
            load.ask(client) { id in
                #"{"type":"join_room","id":\#(id),"gameType":"\#(Self.gameType)","data":{"create":true}}"#
            }
        }
    }

    mutating func heard(_ message: Message) {
        if message.kind == .joinResult, !message.isRefusal { open += 1 }
    }
}
