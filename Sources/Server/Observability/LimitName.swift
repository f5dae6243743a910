/// The limits that people can meet, as metrics call them: a label's values, so there is no other.
enum LimitName: String, CaseIterable, Sendable {
    case connections
    case connectionsPerAddress = "connections_per_address"
    case pageConnections = "page_connections"
    case pageConnectionsPerAddress = "page_connections_per_address"
    case handshakes
    case handshakesPerAddress = "handshakes_per_address"
    case requests
    case messages
    case chat
    case guesses
    case joins
    case load
    case rooms
    case roomsPerClient = "rooms_per_client"
    case roomsPerAddress = "rooms_per_address"
    case watchedRooms = "watched_rooms"
    case seatsPerAddress = "seats_per_address"
    case botsPerAddress = "bots_per_address"
    case spectators
    case lobbyWatchers = "lobby_watchers"
    case outbox
    case allOutboxes = "all_outboxes"
}
