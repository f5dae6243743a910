/// Every code that an answer's `error` can carry. Names are never reused; a client may rely on them.
enum ErrorCode: String, CaseIterable, Sendable {
    // What was sent could not be understood: a bug of the client.
    case badJSON = "bad_json"
    case badMessage = "bad_message"
    case unknownType = "unknown_type"
    // Not now: try again after `retryAfterMs`.
    case rateLimited = "rate_limited"
    case serverBusy = "server_busy"
    case storeUnavailable = "store_unavailable"
    case draining = "draining"
    // Not you.
    case unauthorized = "unauthorized"
    case forbidden = "forbidden"
    // Joining and coming back.
    case unknownGame = "unknown_game"
    case badOptions = "bad_options"
    case roomNotFound = "room_not_found"
    case roomFull = "room_full"
    case roomClosed = "room_closed"
    case gameRunning = "game_running"
    case seatTaken = "seat_taken"
    case wrongGame = "wrong_game"
    case tooManyRooms = "too_many_rooms"
    case sessionNotFound = "session_not_found"
    case sessionExpired = "session_expired"
    // In a room.
    case notInRoom = "not_in_room"
    case notAPlayer = "not_a_player"
    case moveRefused = "move_refused"
    case notStarted = "not_started"
    case gameOver = "game_over"
    case paused = "paused"
    case idReused = "id_reused"
    case noBot = "no_bot"
    // A fault of the server.
    case `internal` = "internal"

    /// Whether the very same request may succeed later.
    var isRetryable: Bool {
        switch self {
        case .rateLimited, .serverBusy, .storeUnavailable, .draining, .paused: true
        default: false
        }
    }
}
