internal import JSONCoding
internal import GameKitProtocol
internal import RoomEngine

/// A history in words, a line for each step and one for each thing that was told with it.
struct ReplayText {
    /// Who sat where before the step that is put into words.
    private var names: [String?]

    init(_ facts: RoomFacts) { names = facts.chairs.map { $0?.name } }

    /// - Parameter facts: after the step.
    mutating func lines(_ step: Playback.Step, _ messages: [Commit.Message], _ facts: RoomFacts) -> [String] {
        let before = names
        names = facts.chairs.map { $0?.name }
        let (seat, what) = words(step, facts)
        let name = seat.flatMap { seat in named(seat, in: before) ?? named(seat, in: names) }
        let who = seat.map { "\($0.rawValue) \(name.map { PlainText.line($0) } ?? "?")" } ?? "-"
        let head = [padded("\(step.version)", 7), padded(Self.time(step.at), 12), padded(who, 20), what]
        return [head.joined(separator: "  ")] + messages.map { "           > \(Self.words($0))" }
    }

    static func outcome(_ status: RoomStatus) -> String {
        guard let outcome = status.outcome, let text = try? CanonicalJSON.encode(outcome) else {
            return "no outcome: the room is \(status.phase.rawValue)"
        }
        return "outcome: \(PlainText.line(text))"
    }

    // MARK: Steps

    private func words(_ step: Playback.Step, _ facts: RoomFacts) -> (seat: Seat?, what: String) {
        switch step.input {
        case .seated(let newcomer, _):
            let seat = facts.chairs.firstIndex { $0?.since == step.version }.map { Seat($0) }
            return (seat, newcomer.level.map { "seated, a bot of level \($0.rawValue)" } ?? "seated")
        case .left(let seat, let reason):
            switch reason {
            case .left: return (seat, "left")
            case .expired: return (seat, "was away for too long")
            case .kicked: return (seat, "was kicked")
            }
        case .takenOver(let seat, _): return (seat, "plays on from another device")
        case .away(let seat): return (seat, "away")
        case .back(let seat): return (seat, "back")
        case .readied(let seat, let ready): return (seat, ready ? "ready" : "not ready")
        case .voted(let seat): return (seat, "wants another round")
        case .locked(let locked): return (nil, locked ? "locked" : "unlocked")
        case .moved(let seat, let move, _): return (seat, "moved \(PlainText.line(move))")
        case .ticked: return (nil, step.commits == 1 ? "1 tick" : "\(step.commits) ticks")
        case .timePassed: return (nil, "time passed")
        case .resumed: return (nil, "the server was started again")
        }
    }

    // MARK: What was told

    private static func words(_ message: Commit.Message) -> String {
        switch message {
        case .event(let numbered): "\(numbered.seq) \(words(numbered.event))"
        case .hint(let text): "passing \(PlainText.line(text))"
        case .whisper(let text, let seat): "to seat \(seat.rawValue) alone \(PlainText.line(text))"
        }
    }

    private static func words(_ event: RoomEvent) -> String {
        switch event {
        case .playerJoined(let seat, _, let name, _): "player_joined seat \(seat.rawValue) \(PlainText.line(name))"
        case .playerLeft(let seat, _, let name, _, let reason):
            "player_left seat \(seat.rawValue) \(PlainText.line(name)): \(reason.rawValue)"
        case .playerDisconnected(let seat, _, let grace):
            "player_disconnected seat \(seat.rawValue), held for \(grace.components.seconds) s"
        case .playerReconnected(let seat, _): "player_reconnected seat \(seat.rawValue)"
        case .gameStarted(let round): "game_started round \(round)"
        case .gameEnded(let outcome): "game_ended \(PlainText.line((try? CanonicalJSON.encode(outcome)) ?? []))"
        case .rematchVoted(let seat, let votes, let needed):
            "rematch_voted seat \(seat.rawValue), \(votes) of \(needed)"
        case .readyChanged(let seat, let ready): "ready_changed seat \(seat.rawValue) \(ready)"
        case .game(let text): PlainText.line(text)
        }
    }

    // MARK: Parts

    private func named(_ seat: Seat, in names: [String?]) -> String? {
        names.indices.contains(seat.rawValue) ? names[seat.rawValue] : nil
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// As `1:02:03.004`.
    private static func time(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        let parts = [seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        let milliseconds = "\(attoseconds / 1_000_000_000_000_000 + 1000)".dropFirst()
        return "\(seconds / 3600):\(parts[0]):\(parts[1]).\(milliseconds)"
    }
}
