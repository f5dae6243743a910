import GameKitProtocol
import RoomEngine
import Testing

/// A game whose first rules counted in ones, and whose second ones count in tens.
private protocol Rules { static var version: Int { get } }
private enum First: Rules { static let version = 1 }
private enum Second: Rules { static let version = 2 }
private enum Third: Rules { static let version = 3 }

private struct Tally<R: Rules>: Game {
    typealias View = Self
    struct Move: Codable, Sendable {}

    static var manifest: GameManifest {
        GameManifest(type: "tally", name: "Tally", seats: 1...1, rulesVersion: R.version)
    }

    var count = 0

    init(at table: inout Table, after previous: Self?) {}
    mutating func play(_ move: Move, by seat: Seat, at table: inout Table) throws(Refusal) { count += 1 }
    var outcome: Outcome? { nil }

    private enum Keys: String, CodingKey { case count }

    /// The second rules take over what the first have written, the third nothing.
    static func migrate(from rulesVersion: Int, _ snapshot: any Decoder) throws -> Self? {
        guard R.version == 2, rulesVersion == 1 else { return nil }
        var table = Table(options: NoOptions(), chairs: [], random: SeededRandom(key: (0, 0)))
        var tally = Self(at: &table, after: nil)
        tally.count = 10 * (try snapshot.container(keyedBy: Keys.self).decode(Int.self, forKey: .count))
        return tally
    }
}

@Suite("A room of other rules") struct MigrationTests {
    private static func snapshot() throws -> [UInt8] {
        let options = try GameEntry(Tally<First>.self).options(Array("{}".utf8), Array("{}".utf8))
        let room = try GameEntry(Tally<First>.self).makeRoom(
            options, RoomRules(Tally<First>.manifest), SeededRandom(key: (1, 2)))
        let ann = Newcomer(playerId: "ann", name: "Ann", holder: "a")
        for input in [RoomInput<ArraySlice<UInt8>>.seated(ann, at: nil), .moved(0, Array("{}".utf8)[...], id: nil)] {
            guard case .committed = room.apply(input, .zero, false).verdict else { throw ReplayFault.unreadable }
        }
        return try room.snapshot()
    }

    private static func view(_ room: AnyRoom) throws -> String {
        String(decoding: try room.view(.spectator) ?? [], as: UTF8.self)
    }

    @Test func `comes back as its game takes it over`() throws {
        let room = try GameEntry(Tally<Second>.self).restoreRoom(try Self.snapshot(), 1)
        #expect(try Self.view(room) == #"{"count":10}"#)
        #expect(room.status().version == 2)
        #expect(room.facts().players == 1)
    }

    @Test func `does not come back if its game does not take it`() throws {
        let snapshot = try Self.snapshot()
        #expect(throws: RulesChanged.self) { try GameEntry(Tally<Third>.self).restoreRoom(snapshot, 1) }
        #expect(throws: RulesChanged.self) { try GameEntry(Tally<Second>.self).restoreRoom(snapshot, 3) }
    }

    @Test func `of the same rules is not migrated`() throws {
        let room = try GameEntry(Tally<First>.self).restoreRoom(try Self.snapshot(), 1)
        #expect(try Self.view(room) == #"{"count":1}"#)
    }

    @Test func `has another fingerprint after every step, and the same when it is played again`() throws {
        let snapshot = try Self.snapshot()
        let (one, two) = (
            try GameEntry(Tally<First>.self).restoreRoom(snapshot, 1),
            try GameEntry(Tally<First>.self).restoreRoom(snapshot, 1)
        )
        var seen: Set<UInt64> = [try #require(one.fingerprint())]
        for _ in 0..<20 {
            let entry = try #require(one.apply(.moved(0, Array("{}".utf8)[...], id: nil), .seconds(1), true).logEntry)
            #expect(seen.insert(try #require(one.fingerprint())).inserted)
            _ = try two.replay(entry)
            #expect(two.fingerprint() == one.fingerprint())
        }
    }

    @Test func `that stands elsewhere than the log says is found out`() throws {
        let snapshot = try Self.snapshot()
        let live = try GameEntry(Tally<First>.self).restoreRoom(snapshot, 1)
        let entry = try #require(live.apply(.moved(0, Array("{}".utf8)[...], id: nil), .seconds(1), true).logEntry)
        let other = try GameEntry(Tally<First>.self).restoreRoom(snapshot, 1)
        _ = other.apply(.locked(true), .zero, false)
        #expect(throws: ReplayFault.anotherState) { try other.replay(entry) }
    }
}
