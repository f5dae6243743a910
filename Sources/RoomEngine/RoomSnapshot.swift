public import GameKitProtocol

/// Everything a room is at one version. The chain of these values is the room's history; nothing ever changes one.
public struct RoomSnapshot<G: Game>: Codable, Equatable, Sendable {
    @usableFromInline let rules: RoomRules
    @usableFromInline let options: G.Options
    /// Under whose key every round gets its own source; never drawn from.
    @usableFromInline let seed: SeededRandom
    @usableFromInline let minSeats: Int

    @usableFromInline var version: UInt64 = 0
    @usableFromInline var now = Duration.zero
    @usableFromInline var occupants: [Occupant?]
    @usableFromInline var phase = RoomPhase.waiting
    @usableFromInline var isLocked = false
    @usableFromInline var history = History()
    @usableFromInline var round: Round<G>?
    @usableFromInline var outcome: Outcome?
    @usableFromInline var emptySince: Duration? = .zero
    @usableFromInline var finishedSince: Duration?
}

/// One game from its start to its end, and what the engine keeps for it.
@usableFromInline
struct Round<G: Game>: Codable, Equatable, Sendable {
    @usableFromInline
    struct Timer: Codable, Equatable, Sendable {
        @usableFromInline let name: G.Timer
        /// By the round's own clock.
        @usableFromInline let at: Duration

        @inlinable
        init(name: G.Timer, at: Duration) {
            self.name = name
            self.at = at
        }
    }

    @usableFromInline let number: Int
    @UnderTheseRules @usableFromInline var game: G
    @usableFromInline var random: SeededRandom
    /// Who started or joined later, and who of them is out of it for good.
    @usableFromInline var participants: SeatSet
    @usableFromInline var out: SeatSet = []
    @usableFromInline var timers: [Timer] = []
    /// For whom the turn timer runs, and until when by the round's own clock.
    @usableFromInline var turnOf: SeatSet = []
    @usableFromInline var turnEnds: Duration?
    @usableFromInline var ticksUnseen = 0
    /// The round's own clock stands still during a pause: since when, and how long it has stood before.
    @usableFromInline var pausedSince: Duration?
    @usableFromInline var pausedFor = Duration.zero

    @inlinable var inPlay: SeatSet { participants.subtracting(out) }
    @inlinable var toMove: SeatSet { game.toMove.intersection(inPlay) }

    @inlinable
    func clock(at now: Duration) -> Duration { (pausedSince ?? now) - pausedFor }

    /// When, in room time, the round's own clock will show `time`.
    @inlinable
    func roomTime(of time: Duration) -> Duration { time + pausedFor }
}
