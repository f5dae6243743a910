import GameKitProtocol
import Testing

@testable import RoomEngine

/// A room with a ``Puppet`` in it, told what tests want to tell it.
struct Driver<S: Stage> {
    typealias Game = Puppet<S>

    var engine: RoomEngine<Game>
    var now = Duration.zero

    /// - Parameter names: who sits from the start, one letter each, and is ready where the game asks for it.
    init(_ stage: S.Type, _ names: String = "", rules: RoomRules? = nil) throws {
        engine = try RoomEngine(
            options: Game.defaultOptions, rules: rules ?? RoomRules(S.manifest), seed: SeededRandom(key: (1, 2)))
        for name in names { try sit(String(name)) }
        guard S.manifest.start == .whenAllReady else { return }
        for seat in engine.taken { try commit(.readied(seat, true)) }
    }

    mutating func apply(_ input: RoomInput<Game.Move>) -> Verdict { engine.apply(input, at: now) }

    @discardableResult
    mutating func commit(
        _ input: RoomInput<Game.Move>, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Commit {
        let verdict = apply(input)
        guard case .committed(let commit) = verdict else {
            Issue.record("\(input) came to \(verdict)", sourceLocation: sourceLocation)
            throw NotCommitted()
        }
        return commit
    }

    @discardableResult
    mutating func play(
        _ move: Game.Move, by seat: Seat, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Commit {
        try commit(.moved(seat, move, id: nil), sourceLocation: sourceLocation)
    }

    mutating func sit(_ name: String, at seat: Seat? = nil) throws {
        try commit(.seated(Newcomer(playerId: "p" + name, name: name, holder: "h" + name), at: seat))
    }

    mutating func sitBot(_ level: BotLevel = .easy, at seat: Seat? = nil) throws {
        try commit(.seated(Newcomer(playerId: "bot", name: "Bot", holder: nil, level: level), at: seat))
    }

    /// Lets time pass and says so, once.
    @discardableResult
    mutating func pass(_ duration: Duration) -> Verdict {
        now += duration
        return apply(.timePassed)
    }

    var phase: RoomPhase { engine.snapshot.phase }
    var outcome: Outcome? { engine.snapshot.outcome }
    var calls: [String] { engine.snapshot.round?.game.calls ?? [] }

    struct NotCommitted: Error {}
}

extension Commit {
    /// What is told to everybody.
    var events: [RoomEvent] {
        messages.compactMap { if case .event(let numbered) = $0 { numbered.event } else { nil } }
    }
}

extension Verdict {
    var commit: Commit? { if case .committed(let commit) = self { commit } else { nil } }
    var events: [RoomEvent] { commit?.events ?? [] }
}

extension RoomEvent {
    /// Its name in the protocol, with its seat: tests compare the course of things.
    var short: String {
        switch self {
        case .playerJoined(let seat, _, _, _): "joined \(seat.rawValue)"
        case .playerLeft(let seat, _, _, _, let reason): "\(reason) \(seat.rawValue)"
        case .playerDisconnected(let seat, _, _): "away \(seat.rawValue)"
        case .playerReconnected(let seat, _): "back \(seat.rawValue)"
        case .gameStarted(let round): "started \(round)"
        case .gameEnded: "ended"
        case .rematchVoted(let seat, let votes, let needed): "voted \(seat.rawValue): \(votes)/\(needed)"
        case .readyChanged(let seat, let ready): "ready \(seat.rawValue): \(ready)"
        case .game(let text): text
        }
    }
}
