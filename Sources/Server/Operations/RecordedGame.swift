internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// A room's history as it can be played: out of a data folder or a stranger's file.
struct RecordedGame {
    let gameType: String
    let rulesVersion: Int
    let beginning: Playback.Beginning
    /// The fingerprint of what it begins at; nil in files that were written before there were any.
    let hash: UInt64?
    /// What a reader of the replay must know of it.
    var note: String?
    /// Hands out the entries in their order.
    let forEachEntry: (_ body: ([UInt8]) throws -> Void) throws -> Void

    /// Makes ready to play it, by the rules that it was played by.
    func playback(games: [GameEntry]) throws(CommandFailure) -> Playback {
        guard let game = games.first(where: { $0.manifest.type == gameType }) else {
            throw CommandFailure(description: "this executable does not have the game \(PlainText.line(gameType))")
        }
        let today = game.manifest.rulesVersion
        guard rulesVersion == today else {
            let which = "by version \(rulesVersion) of its rules, and this executable has version \(today)"
            throw CommandFailure(description: "\(gameType) was played \(which): replay it with one that has those")
        }
        guard let playback = try? game.playback(beginning), GameBounds.admit(playback.rules) else {
            throw CommandFailure(description: "what it begins at cannot be read")
        }
        if let hash, playback.fingerprint() != hash {
            throw CommandFailure(description: "it does not begin at the state that it says it does")
        }
        return playback
    }

    /// The same game with nothing in it that says who played, entry by entry.
    func anonymous(_ playback: Playback) -> RecordedGame {
        RecordedGame(gameType: gameType, rulesVersion: rulesVersion, beginning: playback.beginning, hash: hash) {
            body in
            try forEachEntry { entry in
                guard let entry = playback.withoutIdentity(entry) else {
                    throw CommandFailure(description: "an entry of the archive cannot be read")
                }
                try body(entry)
            }
        }
    }
}

extension RecordedGame {
    /// - Throws: when the archive's beginning is not what a server writes.
    init(_ recording: Recording) throws(CommandFailure) {
        guard let start = StoredState(recording.start) else {
            throw CommandFailure(description: "what the archive begins at cannot be read")
        }
        // A real-time room's newest ticks are in its state until something comes after them.
        let newest = recording.isCutShort ? nil : recording.newest.flatMap { StoredState($0) }
        let rest = newest.flatMap { $0.ticks?.logEntry(fingerprint: $0.fingerprint) }
        self.init(
            gameType: recording.header.gameType, rulesVersion: start.rulesVersion, beginning: .state(start.room),
            hash: start.fingerprint,
            note: recording.isCutShort ? "more was played than an archive holds: the end is missing" : nil
        ) { body in
            try recording.forEachInput(body)
            if let rest { try body(rest) }
        }
    }
}

extension GameBounds {
    /// Whether an operator could have set these rules: sums of them are then far from any overflow.
    static func admit(_ rules: RoomRules) -> Bool {
        let isIn = { (time: Duration, seconds: ClosedRange<Int>) in
            .seconds(seconds.lowerBound)...(.seconds(seconds.upperBound)) ~= time
        }
        return isIn(rules.grace, grace) && isIn(rules.turnLimit ?? .zero, turn)
            && history ~= rules.historyLimit && isIn(rules.historyAge, historyAge)
    }
}
