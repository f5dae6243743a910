/// What a look at Redis found.
public struct Pulse: Equatable, Sendable {
    /// Stored beside the data: another one means that Redis lost its data and began anew.
    public let dataID: String
    /// Of the Redis process: another one means a restart, or a replica that took over and may be a little behind.
    public let runID: String?
    /// Another server that uses the same data.
    public let otherOwner: String?

    public init(dataID: String, runID: String? = nil, otherOwner: String? = nil) {
        self.dataID = dataID
        self.runID = runID
        self.otherOwner = otherOwner
    }
}

/// Which store serves.
public enum FallbackState: String, Sendable {
    /// Redis.
    case healthy
    /// SQLite: Redis failed, or was not looked at yet.
    case degraded
    /// SQLite still, while what it owes to Redis is paid.
    case recovering
}

/// What serves, for whoever asks after the server's health.
public struct FallbackStatus: Equatable, Sendable {
    public let state: FallbackState
    /// Milliseconds since 1970.
    public let since: Int64
    /// Why Redis was last found wanting. Safe to show.
    public let lastError: String?
    /// How often the server went over to SQLite.
    public let switches: Int
    public let owedSessions: Int
    public let owedRooms: Int
}
