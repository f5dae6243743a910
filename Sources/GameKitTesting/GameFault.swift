internal import GameKitProtocol

/// What the room holds every game to. ``Laws`` checks them.
public enum Law: String, Sendable, CaseIterable {
    case determinism = "the same inputs give the same round"
    case storage = "a snapshot survives being written and read"
    case replay = "replay equals live"
    case refusals = "a refusal changes nothing"
    case progress = "a round ends, or somebody or something can take it further"
    case views = "a view is an object that everybody may be sent"
    case secrets = "a view shows nothing that its viewer must not know"
    case leaving = "a round survives everybody's leaving at any time"
    case stalling = "nobody waits for ever for somebody who does nothing"
    case bots = "a bot makes legal moves"
    case options = "options are refused or make a room"
}

/// A game that broke a law, or a test that asked for what cannot be.
///
/// Thrown by everything in this module; a test fails by letting it through. Its description names the game, the law, and
/// the seed and step that show the fault again.
public struct GameFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let gameType: String
    /// nil: the test itself was wrong.
    public let law: Law?
    public let message: String
    /// Where a random round went wrong.
    public internal(set) var seed: UInt64?
    public internal(set) var step: Int?

    init<G: Game>(_ game: G.Type, _ law: Law?, _ message: String) {
        gameType = game.manifest.type
        self.law = law
        self.message = message
    }

    public var description: String {
        var text = gameType
        if let seed { text += ", seed \(seed)" }
        if let step { text += ", step \(step)" }
        if let law { text += ": broken is \"\(law.rawValue)\"" }
        return text + ": " + message
    }
}
