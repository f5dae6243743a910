internal import JSONCoding
internal import NIOCore
internal import RedisClient
internal import RoomEngine
internal import SessionStore

/// The figures of the server as Prometheus reads them, and as JSON. All metric names are here.
struct MetricsText {
    private struct Sample {
        let name: String
        let help: String
        let kind: String
        /// By label, as `game="pong"`; an empty label stands alone.
        let values: [(label: String, value: Int)]
    }

    private let samples: [Sample]

    init(reading: Metrics.Reading, counts: ServerCounts, uptime: Duration, redis: RedisHealth? = nil) {
        samples =
            [
                Self.one(
                    "parlor_uptime_seconds", "gauge", "Since the start of the process.", Int(uptime.components.seconds)),
                Self.one("parlor_connections", "gauge", "Open WebSocket connections.", counts.connections),
                Self.one("parlor_users", "gauge", "Connected users.", counts.users),
                Sample(
                    name: "parlor_clients", help: "Clients in rooms, by game.", kind: "gauge",
                    values: counts.clientsByGame.sorted { $0.key < $1.key }.map { ("game=\"\($0.key)\"", $0.value) }),
                Sample(
                    name: "parlor_rooms", help: "Rooms in memory, by game.", kind: "gauge",
                    values: reading.rooms.sorted { $0.key < $1.key }.map { ("game=\"\($0.key)\"", $0.value) }),
                Self.one("parlor_messages_received_total", "counter", "Messages of clients.", reading.messagesIn),
                Self.one("parlor_received_bytes_total", "counter", "Bytes of those messages.", reading.bytesIn),
                Self.one("parlor_messages_sent_total", "counter", "Messages to clients.", reading.messagesOut),
                Self.one("parlor_sent_bytes_total", "counter", "Bytes of those messages.", reading.bytesOut),
                Self.one(
                    "parlor_failed_commits_total", "counter", "Batches that the store did not take.",
                    reading.failedCommits),
                Self.one(
                    "parlor_replaced_states_total", "counter", "States not sent because a newer one came first.",
                    reading.replacedStates),
                Sample(
                    name: "parlor_closes_total", help: "Connections that the server closed, by close code.",
                    kind: "counter",
                    values: reading.closes.sorted { $0.key.rawValue < $1.key.rawValue }
                        .map { ("code=\"\($0.key.rawValue)\"", $0.value) }),
                Sample(
                    name: "parlor_tokens_total", help: "Tokens shown, by what came of it.", kind: "counter",
                    values: reading.tokens.map { ("result=\"\($0.key?.rawValue ?? "valid")\"", $0.value) }
                        .sorted { $0.0 < $1.0 }),
            ] + Self.samples(of: counts, reading.refusals) + (redis.map(Self.samples) ?? [])
    }

    private static func one(_ name: String, _ kind: String, _ help: String, _ value: Int) -> Sample {
        Sample(name: name, help: help, kind: kind, values: [("", value)])
    }

    /// How near the server is to its limits, and who met them.
    private static func samples(of counts: ServerCounts, _ refusals: [LimitName: Int]) -> [Sample] {
        [
            one(
                "parlor_page_connections", "gauge", "Open connections that are no WebSocket.",
                counts.pageConnections),
            one("parlor_outbox_bytes", "gauge", "What connections have yet to take.", counts.owedBytes),
            Sample(
                name: "parlor_loop_lag_milliseconds", help: "How late each event loop is, smoothed.", kind: "gauge",
                values: counts.lags.enumerated().map {
                    ("loop=\"\($0.offset)\"", Int($0.element.nanoseconds / 1_000_000))
                }),
            one(
                "parlor_overloaded", "gauge", "Whether joins are refused because a loop is late.",
                counts.isOverloaded ? 1 : 0),
            Sample(
                name: "parlor_refusals_total", help: "What was refused because a limit was met, by limit.",
                kind: "counter",
                values: LimitName.allCases.map { ("limit=\"\($0.rawValue)\"", refusals[$0] ?? 0) }),
        ]
    }

    private static func samples(of redis: RedisHealth) -> [Sample] {
        let fallback = redis.fallback
        return [
            one("parlor_redis_up", "gauge", "Whether Redis keeps rooms and sessions now.", redis.isServing ? 1 : 0),
            Sample(
                name: "parlor_redis_reconnects_total", help: "Connections to Redis made again, or tried to be.",
                kind: "counter",
                values: [
                    ("connection=\"commands\"", redis.commands.reconnects),
                    ("connection=\"subscriptions\"", redis.subscriptions.reconnects),
                ]),
            one("parlor_redis_commands_in_flight", "gauge", "Commands without a reply.", redis.commands.inFlight),
            one(
                "parlor_redis_failed_publications_total", "counter", "Messages not published, though tried again.",
                redis.publications.failed),
            one("parlor_store_switches_total", "counter", "Times SQLite took over.", fallback?.switches ?? 0),
            one("parlor_owed_sessions", "gauge", "Sessions that have yet to go to Redis.", fallback?.owedSessions ?? 0),
            one("parlor_owed_rooms", "gauge", "Rooms that have yet to go to Redis.", fallback?.owedRooms ?? 0),
        ]
    }

    var prometheus: String {
        samples.map { sample in
            let values = sample.values.map { label, value in
                label.isEmpty ? "\(sample.name) \(value)\n" : "\(sample.name){\(label)} \(value)\n"
            }
            return "# HELP \(sample.name) \(sample.help)\n# TYPE \(sample.name) \(sample.kind)\n" + values.joined()
        }.joined()
    }

    var json: [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for (name, value) in samples.flatMap({ sample in
            sample.values.map { label, value in (label.isEmpty ? sample.name : "\(sample.name){\(label)}", value) }
        }) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            CanonicalJSON.append(name, to: &text)
            text.append(contentsOf: ":\(value)".utf8)
        }
        text.append(UInt8(ascii: "}"))
        return text
    }
}

/// How much there is of what, at one moment.
struct ServerCounts: Sendable {
    var connections = 0
    var users = 0
    var rooms = 0
    var clientsByGame: [String: Int] = [:]
    /// Connections that are no sockets.
    var pageConnections = 0
    /// What all connections are owed, in bytes.
    var owedBytes = 0
    /// How late each event loop is.
    var lags: [TimeAmount] = []
    var isOverloaded = false
}
