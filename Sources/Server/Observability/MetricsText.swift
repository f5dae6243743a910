internal import RoomEngine

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

    init(reading: Metrics.Reading, counts: ServerCounts, uptime: Duration) {
        func one(_ name: String, _ kind: String, _ help: String, _ value: Int) -> Sample {
            Sample(name: name, help: help, kind: kind, values: [("", value)])
        }
        samples = [
            one("parlor_uptime_seconds", "gauge", "Since the start of the process.", Int(uptime.components.seconds)),
            one("parlor_connections", "gauge", "Open WebSocket connections.", counts.connections),
            one("parlor_users", "gauge", "Connected users.", counts.users),
            Sample(
                name: "parlor_clients", help: "Clients in rooms, by game.", kind: "gauge",
                values: counts.clientsByGame.sorted { $0.key < $1.key }.map { ("game=\"\($0.key)\"", $0.value) }),
            Sample(
                name: "parlor_rooms", help: "Rooms in memory, by game.", kind: "gauge",
                values: reading.rooms.sorted { $0.key < $1.key }.map { ("game=\"\($0.key)\"", $0.value) }),
            one("parlor_messages_received_total", "counter", "Messages of clients.", reading.messagesIn),
            one("parlor_received_bytes_total", "counter", "Bytes of those messages.", reading.bytesIn),
            one("parlor_messages_sent_total", "counter", "Messages to clients.", reading.messagesOut),
            one("parlor_sent_bytes_total", "counter", "Bytes of those messages.", reading.bytesOut),
            one(
                "parlor_failed_commits_total", "counter", "Batches that the store did not take.", reading.failedCommits),
            one(
                "parlor_replaced_states_total", "counter", "States not sent because a newer one came first.",
                reading.replacedStates),
            Sample(
                name: "parlor_closes_total", help: "Connections that the server closed, by close code.",
                kind: "counter",
                values: reading.closes.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { ("code=\"\($0.key.rawValue)\"", $0.value) }),
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
}
