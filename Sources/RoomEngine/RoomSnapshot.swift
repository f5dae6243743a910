public import GameKitProtocol

/// Everything a room is at one version. The chain of these values is the room's history; nothing ever changes one.
public struct RoomSnapshot<G: Game>: Codable, Equatable, Sendable {
    let rules: RoomRules
    let options: G.Options
    /// Under whose key every round gets its own source; never drawn from.
    let seed: SeededRandom
    let minSeats: Int

    var version: UInt64 = 0
    var now = Duration.zero
    var occupants: [Occupant?]
    var phase = RoomPhase.waiting
    var isLocked = false
    var history = History()
    var round: Round<G>?
    var outcome: Outcome?
    var emptySince: Duration? = .zero
    var finishedSince: Duration?
}

/// One game from its start to its end, and what the engine keeps for it.
struct Round<G: Game>: Codable, Equatable, Sendable {
    struct Timer: Codable, Equatable, Sendable {
        let name: G.Timer
        /// By the round's own clock.
        let at: Duration
    }

    let number: Int
    @UnderTheseRules var game: G
    var random: SeededRandom
    /// Who started or joined later, and who of them is out of it for good.
    var participants: SeatSet
    var out: SeatSet = []
    var timers: [Timer] = []
    /// For whom the turn timer runs, and until when by the round's own clock.
    var turnOf: SeatSet = []
    var turnEnds: Duration?
    var ticksUnseen = 0
    /// The round's own clock stands still during a pause: since when, and how long it has stood before.
    var pausedSince: Duration?
    var pausedFor = Duration.zero

    var inPlay: SeatSet { participants.subtracting(out) }
    var toMove: SeatSet { game.toMove.intersection(inPlay) }

    func clock(at now: Duration) -> Duration { (pausedSince ?? now) - pausedFor }

    /// When, in room time, the round's own clock will show `time`.
    func roomTime(of time: Duration) -> Duration { time + pausedFor }
}
