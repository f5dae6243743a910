internal import RedisClient
internal import SessionStore

/// How Redis is, for those who ask.
struct RedisHealth: Sendable {
    /// nil: it does not answer.
    let ping: Duration?
    let error: String?
    /// nil: nothing stands in for it.
    let fallback: FallbackStatus?
    let commands: RedisStatus
    let subscriptions: RedisSubscriber.Status
    let publications: RedisPublisher.Counts

    /// Whether rooms and sessions are kept there now.
    var isServing: Bool { ping != nil && (fallback?.state ?? .healthy) == .healthy }

    /// As `/health` has it.
    func describe(in object: inout JSONObject) {
        object.set("status", ping == nil ? "down" : "up")
        object.set("pingMs", ping.map { Int($0.milliseconds) })
        object.set("error", error ?? (isServing ? nil : fallback?.lastError))
        if let fallback {
            object.set("state", fallback.state.rawValue)
            object.set("since", fallback.since)
            object.set("switches", fallback.switches)
            object.set("owedSessions", fallback.owedSessions)
            object.set("owedRooms", fallback.owedRooms)
        }
        object.set("commands") { connection in
            connection.set("phase", commands.phase.rawValue)
            connection.set("reconnects", commands.reconnects)
            connection.set("inFlight", commands.inFlight)
        }
        object.set("subscriptions") { connection in
            connection.set("phase", subscriptions.phase.rawValue)
            connection.set("reconnects", subscriptions.reconnects)
            connection.set("channels", subscriptions.confirmed)
        }
    }
}
