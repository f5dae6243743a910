import Testing

@testable import SessionStore

@Suite struct RoomLedgerTests {
    private static let here = RoomID(rawValue: "room-here")
    private static let gone = RoomID(rawValue: "room-gone")
    private static let there = RoomID(rawValue: "room-there")

    /// Where commits of a room go that is in SQLite, removed, or in Redis.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let room: RoomID?
        let place: RoomLedger.Place
        let commits: @Sendable (RoomID) -> [RoomCommit]

        init(
            _ name: String, _ room: RoomID?, _ place: RoomLedger.Place,
            _ commits: @escaping @Sendable (RoomID) -> [RoomCommit]
        ) {
            (testDescription, self.room, self.place, self.commits) = (name, room, place, commits)
        }
    }

    static let cases: [Case] = [
        Case("an input of a room in SQLite", here, .behind) { [Sample.input($0, 8, term: 3)] },
        Case("a state that would fit an older record", here, .behind) { [Sample.snapshot($0, 8, term: 3)] },
        Case("a confirmation", here, .behind) { [Sample.confirmed($0, 7, term: 3)] },
        Case("the whole room", here, .primary) { [Sample.rewritten($0, 8, term: 3)] },
        Case("the whole room of an earlier owner", here, .refused) { [Sample.rewritten($0, 8, term: 2)] },
        Case("an input of an earlier owner", here, .refused) { [Sample.input($0, 8, term: 2)] },
        Case("a room made twice", here, .refused) { [Sample.created($0, term: 3)] },
        Case("the end of a room in SQLite", here, .local) { [Sample.removed($0, 8, term: 3)] },
        Case("the last input and the end", here, .local) {
            [Sample.input($0, 8, term: 3), Sample.removed($0, 8, term: 3)]
        },
        Case("an input of a removed room", gone, .behind) { [Sample.input($0, 8)] },
        Case("the end of a removed room", gone, .behind) { [Sample.removed($0, 8)] },
        Case("a room of the id of a removed one", gone, .primary) { [Sample.created($0)] },
        Case("an input of a room in Redis", there, .primary) { [Sample.input($0, 8)] },
        Case("the end of a room in Redis", there, .primary) { [Sample.removed($0, 8)] },
    ]

    private func ledger() throws -> RoomLedger {
        RoomLedger(owed: [try #require(Self.here): 3], graves: [try #require(Self.gone): 1])
    }

    @Test(arguments: cases) func `commits go where the newest record is`(_ example: Case) throws {
        let room = try #require(example.room)
        #expect(try ledger().place(of: room, example.commits(room)) == example.place)
    }

    @Test func `what may come late is of a lower term than all that follows, which SQLite knows first`() throws {
        var ledger = try ledger()
        let room = try #require(Self.there)
        let commits = [Sample.rewritten(room, 1, term: 4), Sample.input(room, 2, term: 4)]
        ledger.doubted(commits, sent: ledger.lifted(commits))
        #expect(ledger.lifted(commits).map(\.term) == [5, 5])
        #expect(ledger.place(of: room, ledger.lifted(commits)) == .local)
        ledger.storedLocally(room, 5)
        #expect(ledger.place(of: room, ledger.lifted(commits)) == .primary)
        ledger.doubted(commits, sent: ledger.lifted(commits))
        #expect(ledger.lifted(commits).map(\.term) == [6, 6])
        #expect(ledger.place(of: room, ledger.lifted(commits)) == .local)
    }

    @Test func `a room is claimed until its term is above all that may come late`() throws {
        var ledger = try ledger()
        let room = try #require(Self.there)
        let commits = [Sample.input(room, 2, term: 4)]
        ledger.doubted(commits, sent: commits)
        ledger.doubted(commits, sent: ledger.lifted(commits))
        let isEnough = [4, 5, 6].map { ledger.claimed(room, $0) }
        #expect(isEnough == [false, false, true])
        let next = Sample.input(room, 2, term: 6)
        #expect(ledger.lifted([next]) == [next])
        #expect(ledger.place(of: room, [next]) == .primary)
    }

    @Test func `a room on its way into SQLite is asked for there`() throws {
        var ledger = try ledger()
        let room = try #require(Self.there)
        #expect(!ledger.mayBeLocal(room))
        ledger.departed([room])
        ledger.departed([room])
        ledger.arrived([room])
        #expect(ledger.mayBeLocal(room))
        ledger.arrived([room])
        #expect(!ledger.mayBeLocal(room))
    }

    @Test func `what was removed is hidden until it is made anew`() throws {
        var ledger = try ledger()
        let room = try #require(Self.there)
        ledger.removed(room, grave: 9)
        #expect(ledger.isGone(room) && ledger.isDead(room, number: 9) && !ledger.isDead(room, number: 8))
        ledger.contest(room, true)
        #expect(ledger.isGone(room) && !ledger.isDead(room, number: 9))
        ledger.reborn(room)
        #expect(!ledger.isGone(room))
        ledger.removed(room, grave: 10)
        ledger.storedLocally(room, 1)
        // The one in Redis is dead, and the one in SQLite is another.
        #expect(!ledger.isGone(room) && ledger.isDead(room, number: 10))
    }
}
