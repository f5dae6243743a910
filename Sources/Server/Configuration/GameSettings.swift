internal import GameKitProtocol
internal import RoomEngine

/// A game as this server offers it: what its author wrote, as far as `games.json` does not say otherwise.
struct GameSettings: Sendable {
    /// Who may make rooms.
    enum Creators: String, CaseIterable, Sendable {
        case anyone
        /// Only who comes with a token.
        case users
        /// Only the server's own HTTP API, behind the admin token.
        case server
    }

    let entry: GameEntry
    /// Grace, turn time and history of new rooms; a room keeps those it was made with.
    var rules: RoomRules
    var durability: GameManifest.Durability
    /// Of one room; 0: nobody may watch.
    var maxSpectators = 200
    /// Whether people without a token may play.
    var allowsAnonymous = true
    /// Whether bots may be seated; never in a game that has none.
    var allowsBots: Bool
    var creators = Creators.anyone
    /// How long a finished game can be played back; zero: not at all.
    var replayTime = Duration.seconds(7 * 86_400)
    /// The operator's options, laid over the game's own: the text of an object, accepted by the game.
    var options: [UInt8] = Array("{}".utf8)

    var isArchived: Bool { replayTime > .zero }

    /// What the author wrote.
    init(_ entry: GameEntry) {
        self.entry = entry
        rules = RoomRules(entry.manifest)
        durability = entry.manifest.durability
        allowsBots = entry.hasBot
    }
}

/// How far an operator may go with a game.
enum GameBounds {
    /// A day: whoever is gone for longer is not coming back, and all that time the room is in memory.
    static let grace = 0...86_400
    /// A week, for games by correspondence.
    static let turn = 0...604_800
    /// Each of them is sent every state.
    static let spectators = 0...10_000
    /// The history is in every snapshot, and leaves most of ``Limits/snapshotBytes`` to the game.
    static let history = 0...512
    /// A day, as for the grace: nobody else comes back.
    static let historyAge = 0...86_400
    /// More often, the store would be all that the server does; more seldom, a crash would lose a round.
    static let snapshotInterval = Duration.milliseconds(50)...Duration.seconds(60)
    /// A year: replays only ever grow, and rules change sooner.
    static let replayDays = 0...365
}
