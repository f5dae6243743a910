public import GameKitProtocol
internal import RoomEngine

/// Holds a game to what the server relies on, by rounds played at random.
///
///     @Test func `tic-tac-toe is a good guest`() throws { try Laws<TicTacToe>().check() }
///
/// Rounds are played by the game's easy bot, or by `moves` where there is none. Now and then somebody's connection is
/// lost, somebody does not come back, and there is a rematch. A broken law is thrown as ``GameFault``, with the seed and
/// the step that show it again.
///
/// Each law can be checked by itself: ``determinism()``, ``storage()``, ``replay()``, ``refusals()``, ``progress()``,
/// ``views()``, ``secrets()``, ``leaving()``, ``stalling()``, ``bots()``, ``options()``. What no process can see by
/// itself is left to ``fingerprint()``.
public struct Laws<G: Game> {
    /// Chooses a move, legal or not, for a seat that may move now; nil for none. A legal one must come often enough for
    /// rounds to go on. Use no other chance than `random`.
    public typealias Mover = (_ seat: Seat, _ view: G.View, _ random: inout SeededRandom) throws -> G.Move?

    /// Other states of the round which `viewer` must not be able to tell from the given one: with other cards in the
    /// others' hands, say.
    public typealias Hider = (_ game: G, _ viewer: Viewer) -> [G]

    let seed: UInt64
    let playouts: Int
    let steps: Int
    let settings: G.Options
    let players: Int?
    let moves: Mover?
    let hiding: Hider?

    /// - Parameters:
    ///   - seed: of the first playout; the others count up from it.
    ///   - playouts: how many rounds, with their rematches, every law is checked in.
    ///   - steps: how many moves, ticks or other events one playout has at most.
    ///   - players: how many sit down; everybody there is room for, if nil.
    ///   - moves: nil where the game has a bot.
    ///   - hiding: needed by a game whose manifest says ``GameKitProtocol/GameManifest/hasSecrets``.
    public init(
        seed: UInt64 = 1, playouts: Int = 4, steps: Int = 160, options: G.Options = G.defaultOptions,
        players: Int? = nil, moves: Mover? = nil, hiding: Hider? = nil
    ) {
        self.seed = seed
        self.playouts = playouts
        self.steps = steps
        settings = options
        self.players = players
        self.moves = moves
        self.hiding = hiding
    }

    /// Checks every law.
    /// - Throws: ``GameFault`` for the first that is broken.
    public func check() throws {
        try determinism()
        try storage()
        try replay()
        try refusals()
        try progress()
        try views()
        try secrets()
        try leaving()
        try stalling()
        try bots()
        try options()
    }
}

/// The ways in which laws play.
extension Laws {
    func playout(_ seed: UInt64, rules: RoomRules? = nil) throws -> Playout<G> {
        Playout(
            room: try TestRoom(seed: seed, options: settings, players: players, rules: rules), seed: seed,
            mover: try mover())
    }

    private func mover() throws -> Mover {
        if let moves { return moves }
        guard G.hasBot else { throw GameFault(G.self, nil, "there is no bot: say with `moves` how it is played") }
        return { G.choose(for: $0, seeing: $1, level: .easy, random: &$2) }
    }

    /// Plays every playout to its end, and shows it before the first step and after each. A fault that is thrown on the
    /// way is completed with where it happened.
    func inEveryPlayout(
        under law: Law, rules: RoomRules? = nil, _ visit: (inout Playout<G>, _ step: Int) throws -> Void
    ) throws {
        for seed in seed..<seed + UInt64(playouts) {
            var step = 0
            do {
                var playout = try playout(seed, rules: rules)
                try visit(&playout, 0)
                while try step < steps && playout.step() {
                    step += 1
                    try visit(&playout, step)
                }
            } catch var fault as GameFault {
                fault.seed = seed
                fault.step = step
                throw fault
            } catch {
                var fault = GameFault(G.self, law, "\(error)")
                fault.seed = seed
                fault.step = step
                throw fault
            }
        }
    }

    func fault(_ law: Law, _ message: String) -> GameFault { GameFault(G.self, law, message) }
}
