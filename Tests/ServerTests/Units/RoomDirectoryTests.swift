import RoomEngine
import SessionStore
import Testing

@testable import ParlorServer

@Suite struct RoomDirectoryTests {
    private var directory = RoomDirectory()

    private mutating func add(_ rows: RoomRow...) {
        for row in rows { directory.add(row, creator: nil, isKnown: true) }
    }

    private mutating func find(_ options: CheckedOptions? = nil, except: Set<RoomID> = []) -> RoomID? {
        directory.findOpen("draughts", options: options, except: except)
    }

    @Test mutating func `a quick join gets the room that has been open for longest, and fills it first`() {
        add(.open(1), .open(2))
        #expect(find() == .numbered(1))
        #expect(find() == .numbered(2), "the only other seat of the first is promised")
        #expect(find() == nil)
    }

    @Test mutating func `users are not led to where they sit, or are on their way to`() {
        let ann = UserKey(rawValue: "ann")
        add(.open(1) { $0.users = [ann] }, .open(2, maxSeats: 3))
        #expect(directory.findOpen("draughts", options: nil, except: [], for: ann) == .numbered(2))
        #expect(directory.findOpen("draughts", options: nil, except: [], for: ann) == nil, "she is on her way there")
        #expect(find() == .numbered(1))
    }

    @Test mutating func `a promise that came to nothing opens the room again`() {
        add(.open(1))
        #expect(find() == .numbered(1))
        #expect(find() == nil)
        directory.settle(.numbered(1))
        #expect(find() == .numbered(1))
    }

    @Test mutating func `a promise made by name counts like one made by a quick join`() {
        add(.open(1))
        directory.promise(.numbered(1))
        #expect(find() == nil)
        directory.settle(.numbered(1))
        directory.settle(.numbered(1))
        #expect(find() == .numbered(1), "one settled too often promises nothing")
        #expect(find() == nil)
    }

    @Test(arguments: [
        RoomRow.open(1, isPrivate: true), .open(1, players: 2), .open(1) { $0.isLocked = true },
        .open(1) { $0.isAlive = false }, .open(1) { $0.phase = .playing }, .open(1) { $0.phase = .paused },
        .open(1) { $0.phase = .finished }, .open(1, gameType: "skittles"),
    ])
    func `nobody is seated in a room that is not open`(row: RoomRow) {
        var directory = RoomDirectory()
        directory.add(row, creator: nil, isKnown: true)
        #expect(directory.findOpen("draughts", options: nil, except: []) == nil)
    }

    @Test mutating func `a room that closes while it stands in the queue is passed by, and found once it opens again`()
    {
        add(.open(1), .open(2))
        _ = directory.update(.open(1) { $0.isLocked = true })
        #expect(find() == .numbered(2))
        _ = directory.update(.open(1))
        #expect(find() == .numbered(1))
    }

    @Test mutating func `with options only a room with equal ones will do, without any will`() {
        add(.open(1, options: .board(8)), .open(2, options: .board(10)))
        #expect(find(.board(12)) == nil)
        #expect(find(.board(10)) == .numbered(2))
        #expect(find(.board(10)) == nil)
        #expect(find() == .numbered(1))
    }

    @Test mutating func `a room that the caller is in is not found, and keeps its place for others`() {
        add(.open(1), .open(2), .open(3))
        #expect(find(except: [.numbered(1), .numbered(2)]) == .numbered(3))
        #expect(find() == .numbered(1))
        #expect(find() == .numbered(2))
    }

    @Test mutating func `a room that is gone stays gone`() {
        add(.open(1))
        #expect(directory.remove(.numbered(1)) == .open(1))
        #expect(directory.remove(.numbered(1)) == nil)
        #expect(directory.update(.open(1)) == nil)
        #expect(directory[.numbered(1)] == nil)
        #expect(directory.count == 0)
        #expect(find() == nil)
    }

    @Test mutating func `a room is in no list before it has reported`() {
        directory.add(.open(1), creator: nil)
        #expect(directory.rows(most: 9, gameType: nil).isEmpty)
        #expect(directory.count == 1)
        #expect(directory.update(.open(1, players: 2)) == nil, "it is new to lists")
        #expect(directory.rows(most: 9, gameType: nil) == [.open(1, players: 2)])
        #expect(directory.update(.open(1)) == .open(1, players: 2))
    }

    @Test mutating func `a room that never reported is not missed in any list`() {
        directory.add(.open(1), creator: nil)
        #expect(directory.remove(.numbered(1)) == nil)
        #expect(directory.count == 0)
    }

    @Test mutating func `each address is counted by the rooms of its own that still live`() {
        let (mine, other) = (ClientAddress.literal("192.0.2.1"), ClientAddress.literal("192.0.2.2"))
        directory.add(.open(1), creator: mine)
        directory.add(.open(2), creator: mine)
        directory.add(.open(3), creator: other)
        directory.add(.open(4), creator: nil)
        #expect(directory.rooms(createdBy: mine) == 2)
        #expect(directory.rooms(createdBy: other) == 1)
        directory.remove(.numbered(1))
        directory.remove(.numbered(1))
        directory.remove(.numbered(4))
        #expect(directory.rooms(createdBy: mine) == 1)
        directory.remove(.numbered(2))
        #expect(directory.rooms(createdBy: mine) == 0)
        #expect(directory.rooms(createdBy: other) == 1)
    }

    @Test mutating func `lists show public rooms, newest first, by game and phase`() {
        add(
            .open(1, createdAt: 10), .open(2, createdAt: 30), .open(3, isPrivate: true, createdAt: 40),
            .open(4, gameType: "skittles", createdAt: 20), .open(5, createdAt: 30) { $0.phase = .playing })
        func ids(_ rows: [RoomRow]) -> [RoomID] { rows.map(\.id) }
        #expect(ids(directory.rows(most: 9, gameType: nil)) == [5, 2, 4, 1].map(RoomID.numbered))
        #expect(ids(directory.rows(most: 9, gameType: "draughts")) == [5, 2, 1].map(RoomID.numbered))
        #expect(ids(directory.rows(most: 9, gameType: nil, phase: .playing)) == [.numbered(5)])
        #expect(ids(directory.rows(most: 9, gameType: "chess")).isEmpty)
    }

    @Test mutating func `the text of a list says what the rooms are now, whatever it said before`() {
        func isNow() -> Bool {
            [nil, "draughts", "chess"].allSatisfy { game in
                var list = JSONObject()
                list.set("rooms", array: directory.rows(most: 100, gameType: game).map(\.json))
                list.set("total", directory.listed(gameType: game))
                return [UInt8(ascii: "{")] + directory.listText(gameType: game) + [UInt8(ascii: "}")] == list.closed()
            }
        }
        #expect(isNow())
        add(.open(1), .open(2))
        #expect(isNow())
        _ = directory.update(.open(1) { $0.players = 2 })
        #expect(isNow(), "a room that stands where it stood is shown differently")
        directory.add(.open(3), creator: nil)
        #expect(isNow())
        _ = directory.update(.open(3))
        #expect(isNow())
        directory.remove(.numbered(2))
        #expect(isNow())
    }

    @Test mutating func `queues that nobody takes from do not grow with the rooms that are gone`() {
        for number in 0..<10_000 {
            add(.open(number, options: .board(4 + number % 9)))
            if number.isMultiple(of: 2) { _ = find() }
            directory.remove(.numbered(number))
        }
        #expect(directory.places <= 70)
        add(.open(1))
        #expect(find() == .numbered(1))
    }

    @Test mutating func `a quick join looks at each closed room once`() {
        for number in 0..<1000 { add(.open(number)) }
        for number in 0..<1000 { _ = directory.update(.open(number, players: 2)) }
        #expect(directory.places == 1000)
        #expect(find() == nil)
        #expect(directory.places == 0)
    }
}
