public import JSONCoding
public import GameKitProtocol

/// A game as the server's list of games holds it: made once per game, in the executable, from its type alone.
///
///     GameEntry(Pong.self)
public final class GameEntry: Sendable {
    public let manifest: GameManifest
    public let hasBot: Bool
    /// Reads untrusted options and completes them, first with the operator's and then with the game's own.
    public let options: @Sendable (_ chosen: [UInt8], _ configured: [UInt8]) throws(OptionsFault) -> CheckedOptions
    /// Makes a new room.
    public let makeRoom:
        @Sendable (_ options: CheckedOptions, _ rules: RoomRules, _ seed: SeededRandom) throws -> AnyRoom
    /// Brings back a room from the store, whose state was written under that version of the rules: an older one goes
    /// through the game's own ``Game/migrate(from:_:)``.
    /// - Throws: ``RulesChanged`` when the game does not take it, and what decoding throws.
    public let restoreRoom: @Sendable (_ snapshot: [UInt8], _ rulesVersion: Int) throws -> AnyRoom
    /// Makes ready to play a room's history step by step, under today's rules.
    /// - Throws: what decoding throws, and the game's refusal of the options.
    public let playback: @Sendable (_ beginning: Playback.Beginning) throws -> Playback

    @inlinable
    public init<G: Game>(_ game: G.Type) {
        let functions = RoomFunctions(game)
        manifest = G.manifest
        hasBot = G.hasBot
        options = { (chosen, configured) throws(OptionsFault) in
            try CheckedOptions.check(chosen, over: configured, for: game)
        }
        makeRoom = { options, rules, seed in
            let options = try JSONReader.decode(G.Options.self, from: options.text)
            return AnyRoom(try RoomEngine<G>(options: options, rules: rules, seed: seed), functions)
        }
        restoreRoom = { text, rulesVersion in
            let snapshot = try JSONReader.decode(
                RoomSnapshot<G>.self, from: text, userInfo: [.rulesVersion: rulesVersion])
            return AnyRoom(RoomEngine<G>(restoring: snapshot), functions)
        }
        playback = { beginning in try Playback(beginning, of: game) }
    }
}

/// The options of a room, complete and accepted by its game.
public struct CheckedOptions: Hashable, Sendable {
    /// Canonical, so that equal options are equal text.
    public let text: [UInt8]
    public let seats: ClosedRange<Int>

    /// Called by ``GameEntry``.
    public static func check<G: Game>(
        _ chosen: [UInt8], over configured: [UInt8], for game: G.Type
    ) throws(OptionsFault) -> Self {
        do {
            let defaults = try CanonicalJSON.encode(G.defaultOptions)
            guard let base = try JSONReader.overlay(configured[...], on: defaults[...]),
                let all = try JSONReader.overlay(chosen[...], on: base[...])
            else { throw OptionsFault("Options are an object.") }
            let options = try JSONReader.decode(G.Options.self, from: all)
            let text = try CanonicalJSON.encode(options)
            // Without the spare capacity of an encoder's buffer: every room keeps this.
            let exact = [UInt8](unsafeUninitializedCapacity: text.count) { $1 = $0.initialize(fromContentsOf: text) }
            return Self(text: exact, seats: try G.seats(for: options))
        } catch let refusal as Refusal {
            throw OptionsFault(refusal.message, reason: refusal.reason)
        } catch let fault as OptionsFault {
            throw fault
        } catch {
            throw OptionsFault("These are no options of this game.")
        }
    }
}

/// Why options were not accepted.
public struct OptionsFault: Error, Equatable, Sendable {
    /// For people.
    public let message: String
    /// The game's own reason, if it was the game that refused.
    public let reason: String?

    init(_ message: String, reason: String? = nil) {
        self.message = message
        self.reason = reason
    }
}
