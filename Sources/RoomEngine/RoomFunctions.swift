public import JSONCoding
public import GameKitProtocol

/// What can be done with the rooms of one game; made once, where the game's type is known.
///
/// A record of closures and not a class behind a protocol, because closures made in an inlinable initialiser are
/// specialised for the game, which a generic class behind an existential never is.
@usableFromInline
final class RoomFunctions: Sendable {
    /// Where a room's engine stands.
    @usableFromInline
    final class Table<G: Game> {
        @usableFromInline var engine: RoomEngine<G>

        @inlinable
        init(_ engine: RoomEngine<G>) { self.engine = engine }
    }

    @usableFromInline typealias Room = AnyObject

    @usableFromInline let apply: @Sendable (Room, RoomInput<ArraySlice<UInt8>>, Duration, Bool) -> AnyRoom.Applied
    @usableFromInline let tick: @Sendable (Room, Duration) -> Verdict
    @usableFromInline let replay: @Sendable (Room, [UInt8]) throws(ReplayFault) -> Commit
    @usableFromInline let fingerprint: @Sendable (Room) -> UInt64?
    @usableFromInline let snapshot: @Sendable (Room) throws -> [UInt8]
    @usableFromInline let view: @Sendable (Room, Viewer) throws -> [UInt8]?
    @usableFromInline let status: @Sendable (Room) -> RoomStatus
    @usableFromInline let facts: @Sendable (Room) -> RoomFacts
    @usableFromInline let events: @Sendable (Room, UInt64, Int) -> [NumberedEvent]
    @usableFromInline let nextDeadline: @Sendable (Room) -> Duration?
    @usableFromInline let isTicking: @Sendable (Room) -> Bool
    @usableFromInline let botsToMove: @Sendable (Room) -> SeatSet
    @usableFromInline let botMove: @Sendable (Room, Seat, inout SeededRandom) -> [UInt8]?
    @usableFromInline let now: @Sendable (Room) -> Duration

    @inlinable
    init<G: Game>(_ game: G.Type) {
        apply = { room, input, now, logging in
            guard let input = input.decoded(as: G.Move.self) else {
                return AnyRoom.Applied(verdict: .refused(.moveRefused(.badMove)), logEntry: nil)
            }
            return Self.use(room, of: game) { engine in
                let verdict = engine.apply(input, at: now)
                guard logging, case .committed = verdict else {
                    return AnyRoom.Applied(verdict: verdict, logEntry: nil)
                }
                return AnyRoom.Applied(verdict: verdict, logEntry: engine.logEntry(input, at: now))
            }
        }
        tick = { room, now in Self.use(room, of: game) { $0.apply(.ticked, at: now) } }
        replay = { room, entry throws(ReplayFault) in
            try Self.use(room, of: game) { engine throws(ReplayFault) in try engine.replay(entry) }
        }
        fingerprint = { room in Self.use(room, of: game) { $0.snapshot.fingerprint() } }
        snapshot = { room in try Self.use(room, of: game) { try CanonicalJSON.encode($0.snapshot) } }
        view = { room, viewer in
            let view = Self.use(room, of: game) { $0.view(for: viewer) }
            return try view.map { view in try CanonicalJSON.encode(view) }
        }
        status = { room in Self.use(room, of: game) { $0.status } }
        facts = { room in Self.use(room, of: game) { $0.facts } }
        events = { room, seq, limit in Self.use(room, of: game) { $0.events(after: seq, limit: limit) } }
        nextDeadline = { room in Self.use(room, of: game) { $0.nextDeadline } }
        isTicking = { room in Self.use(room, of: game) { $0.isTicking } }
        botsToMove = { room in Self.use(room, of: game) { $0.botsToMove } }
        botMove = { room, seat, random in
            let move = Self.use(room, of: game) { $0.botMove(seat, random: &random) }
            return move.flatMap { move in try? CanonicalJSON.encode(move) }
        }
        now = { room in Self.use(room, of: game) { $0.now } }
    }

    /// Lends the engine of a room where it stands: to read one from a class is to copy all of it.
    /// - Parameter room: of these functions' own game, as ``AnyRoom`` sees to.
    @inlinable
    static func use<G: Game, Result, Failure: Error>(
        _ room: Room, of game: G.Type, _ body: (inout RoomEngine<G>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(&unsafeDowncast(room, to: Table<G>.self).engine)
    }
}
