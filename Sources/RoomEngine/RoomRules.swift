public import GameKitProtocol

/// What a room is held to besides its game's own rules: the manifest's values, as the operator may have changed them.
/// Fixed when the room is made and kept with it, so that its history can be replayed under another configuration.
public struct RoomRules: Codable, Equatable, Sendable {
    /// A seat in a room that waits or is finished is held no longer than this.
    public static let idleGrace = Duration.seconds(15)

    public var grace: Duration
    public var turnLimit: Duration?
    /// How many numbered events are kept for whoever comes back, and for how long.
    public var historyLimit: Int
    public var historyAge: Duration

    public init(grace: Duration, turnLimit: Duration?, historyLimit: Int = 64, historyAge: Duration = .seconds(300)) {
        self.grace = grace
        self.turnLimit = turnLimit
        self.historyLimit = historyLimit
        self.historyAge = historyAge
    }

    public init(_ manifest: GameManifest) {
        self.init(grace: manifest.grace, turnLimit: manifest.turnLimit)
    }
}
