import GameKitProtocol
import GameKitTesting
import Testing

/// The laws catch whoever breaks them.
@Suite struct LawsTests {
    private static func laws(_ vice: Rogue.Vice) -> Laws<Rogue> {
        Laws(playouts: 2, steps: 48, options: .init(vice: vice))
    }

    @Test func `a good game passes`() throws {
        try Self.laws(.none).check()
    }

    @Test(
        arguments: [
            (.ownChance, .determinism), (.unorderedState, .determinism), (.fieldLost, .storage), (.moveLost, .replay),
            (.sharedObject, .refusals), (.deadEnd, .progress), (.winnerGone, .leaving), (.hugeView, .views),
            (.nullInView, .views), (.bareView, .views), (.privateView, .views), (.doubleKey, .views),
            (.chanceShown, .secrets), (.waitsForWhoLeft, .leaving), (.neverTimesOut, .stalling), (.illegalBot, .bots),
            (.silentBot, .bots), (.greedyTable, .options), (.noMove, nil),
        ] as [(Rogue.Vice, Law?)])
    func `a broken law is found, by its own check`(vice: Rogue.Vice, law: Law?) throws {
        let laws = Self.laws(vice)
        let fault = #expect(throws: GameFault.self) {
            switch law {
            case .determinism: try laws.determinism()
            case .storage: try laws.storage()
            case .replay: try laws.replay()
            case .refusals: try laws.refusals()
            case .progress, nil: try laws.progress()
            case .views: try laws.views()
            case .secrets: try laws.secrets()
            case .leaving: try laws.leaving()
            case .stalling: try laws.stalling()
            case .bots: try laws.bots()
            case .options: try laws.options()
            }
        }
        #expect(fault?.law == law, "\(fault?.description ?? "")")
        #expect(throws: GameFault.self) { try laws.check() }
    }

    @Test func `a fault says where it is`() throws {
        let fault = #expect(throws: GameFault.self) { try Self.laws(.nullInView).views() }
        #expect(
            fault?.description == """
                rogue, seed 1, step 0: broken is "a view is an object that everybody may be sent": a member that is not \
                there must be absent, not null: {"count":0,"winner":null}
                """)
    }

    @Test func `a game without a bot says how it is played`() {
        #expect(throws: GameFault.self) { try Laws<Puppet<Humans>>().progress() }
        #expect(throws: Never.self) {
            try Laws<Puppet<Humans>>(moves: { _, view, _ in view.count < 9 ? .add(1) : .end(.draw) }).progress()
        }
    }

    @Test func `equal rounds have one fingerprint, others another`() throws {
        let fingerprint = try Self.laws(.none).fingerprint()
        #expect(try Self.laws(.none).fingerprint() == fingerprint)
        #expect(try Laws<Rogue>(seed: 2, playouts: 2, steps: 48).fingerprint() != fingerprint)
        #expect(try Self.laws(.ownChance).fingerprint() != Self.laws(.ownChance).fingerprint())
    }
}

/// Two people who each hold a card.
private struct Cards<S: CardTable>: Game {
    struct Move: Codable, Equatable, Sendable {}
    struct View: Encodable, Sendable {
        var turns: Int
        var card: Int?
    }

    static var manifest: GameManifest {
        GameManifest(type: "cards", name: "Cards", seats: 2...2, turnLimit: .seconds(9), hasSecrets: true)
    }
    static var hasBot: Bool { true }

    var cards: [Int]
    var turns = 0

    init(at table: inout Table, after previous: Self?) { cards = [table.random.die(), table.random.die()] }

    var outcome: Outcome? { turns < 5 ? nil : .draw }
    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) { turns += 1 }
    func view(for viewer: Viewer) -> View {
        View(turns: turns, card: S.showsAll ? cards[0] : viewer.seat.map { cards[$0] })
    }
    static func choose(for seat: Seat, seeing view: View, level: BotLevel, random: inout SeededRandom) -> Move? {
        Move()
    }

    /// With other cards in the hands that are hidden.
    static func others(than game: Self, for viewer: Viewer) -> [Self] {
        ([0, 1] as [Seat]).filter { viewer != .seat($0) }.map { seat in
            var other = game
            other.cards[seat] += 1
            return other
        }
    }
}

private protocol CardTable: Sendable { static var showsAll: Bool { get } }
private enum Discreet: CardTable { static let showsAll = false }
private enum Indiscreet: CardTable { static let showsAll = true }

@Suite struct SecretLawTests {
    @Test func `hidden cards stay hidden`() throws {
        try Laws<Cards<Discreet>>(hiding: Cards.others).check()
    }

    @Test func `everybody sees their own card, and whoever watches sees none`() throws {
        let room = try TestRoom<Cards<Discreet>>()
        let cards = try room.game.cards
        #expect(try room.view(for: .seat(0)).card == cards[0] && room.view(for: .seat(1)).card == cards[1])
        #expect(try room.view(for: .spectator).card == nil)
    }

    @Test func `a card that somebody else sees is found`() {
        let fault = #expect(throws: GameFault.self) { try Laws<Cards<Indiscreet>>(hiding: Cards.others).check() }
        #expect(fault?.law == .secrets)
    }

    @Test func `a game with secrets that does not say which is not let through`() {
        for laws in [Laws<Cards<Discreet>>(), Laws(hiding: { _, _ in [] }), Laws(hiding: { game, _ in [game] })] {
            let fault = #expect(throws: GameFault.self) { try laws.secrets() }
            #expect(fault?.law == .secrets)
        }
    }
}
