import SessionStore
import Testing

@testable import ParlorServer

@Suite struct LobbyTests {
    private var lobby = Lobby()
    private let watcher = ConnectionID.numbered(1)

    private mutating func flush() -> [String] {
        lobby.flush { _ in ([.open(7)], 120) }.map { text($0.message) }
    }

    private static func update(added: [RoomRow] = [], changed: [RoomRow] = [], removed: [Int] = []) -> String {
        func list(_ rows: [RoomRow]) -> String { rows.map { text($0.json) }.joined(separator: ",") }
        let removed = removed.map { "\"\(RoomID.numbered($0))\"" }.joined(separator: ",")
        return #"{"type":"room_list_update","data":{"added":[\#(list(added))],"changed":[\#(list(changed))],"#
            + #""removed":[\#(removed)]}}"#
    }

    @Test mutating func `a watcher is told what came, what changed and what went`() {
        lobby.watch(watcher, .all)
        lobby.changed(from: nil, to: .open(1))
        #expect(lobby.hasNews)
        #expect(flush() == [Self.update(added: [.open(1)])])
        #expect(!lobby.hasNews)
        lobby.changed(from: .open(1), to: .open(1, players: 2))
        #expect(flush() == [Self.update(changed: [.open(1, players: 2)])])
        lobby.changed(from: .open(1, players: 2), to: nil)
        #expect(flush() == [Self.update(removed: [1])])
        #expect(flush().isEmpty)
    }

    @Test mutating func `of many changes only their sum is told`() {
        lobby.watch(watcher, .all)
        lobby.changed(from: nil, to: .open(1, players: 0))
        lobby.changed(from: .open(1, players: 0), to: .open(1))
        #expect(flush() == [Self.update(added: [.open(1)])])
        lobby.changed(from: .open(1), to: .open(1, players: 2))
        lobby.changed(from: .open(1, players: 2), to: nil)
        #expect(flush() == [Self.update(removed: [1])])
    }

    @Test mutating func `what comes to nothing is not told`() {
        lobby.watch(watcher, .all)
        lobby.changed(from: nil, to: .open(1))
        lobby.changed(from: .open(1), to: nil)
        lobby.changed(from: .open(2), to: .open(2, players: 2))
        lobby.changed(from: .open(2, players: 2), to: .open(2))
        lobby.changed(from: .open(3), to: .open(3))
        #expect(flush().isEmpty)
    }

    @Test mutating func `private rooms are never told`() {
        lobby.watch(watcher, .all)
        lobby.changed(from: nil, to: .open(1, isPrivate: true))
        #expect(!lobby.hasNews)
    }

    @Test mutating func `each watcher is told of the game it watches`() {
        lobby.watch(.numbered(1), .draughts)
        lobby.watch(.numbered(2), .skittles)
        lobby.watch(.numbered(3), .all)
        lobby.watch(.numbered(4), .draughts)
        lobby.changed(from: nil, to: .open(1))
        let updates = lobby.flush { _ in ([], 0) }
        #expect(Set(updates.map(\.to)) == [.draughts, .all])
        #expect(updates.allSatisfy { text($0.message) == Self.update(added: [.open(1)]) })
    }

    @Test mutating func `watching again changes what is watched`() {
        lobby.watch(watcher, .draughts)
        lobby.watch(watcher, .skittles)
        #expect(lobby.watcherCount == 1)
        lobby.changed(from: nil, to: .open(1))
        #expect(flush().isEmpty)
    }

    @Test mutating func `a list is told of until the last who watches it has gone`() {
        lobby.watch(.numbered(1), .draughts)
        lobby.watch(.numbered(2), .draughts)
        lobby.watch(.numbered(3), .all)
        var number = 0
        func told() -> Set<RoomList> {
            number += 1
            lobby.changed(from: nil, to: .open(number))
            return Set(lobby.flush { _ in ([], 0) }.map(\.to))
        }
        #expect(told() == [.draughts, .all])
        let watched = lobby.unwatch(.numbered(1))
        #expect(watched)
        #expect(told() == [.draughts, .all])
        lobby.watch(.numbered(2), .skittles)
        #expect(told() == [.all])
        let watchedStill = lobby.unwatch(.numbered(1))
        #expect(!watchedStill)
    }

    @Test mutating func `nobody is told after unwatching`() {
        lobby.watch(watcher, .all)
        lobby.unwatch(watcher)
        lobby.changed(from: nil, to: .open(1))
        #expect(lobby.watcherCount == 0)
        #expect(!lobby.hasNews)
    }

    @Test mutating func `a room that came and went around an empty lobby is no news to the next watcher`() {
        lobby.watch(watcher, .all)
        lobby.changed(from: nil, to: .open(1))
        lobby.unwatch(watcher)
        lobby.changed(from: .open(1), to: nil)
        lobby.watch(.numbered(2), .all)
        #expect(flush().isEmpty)
    }

    @Test(arguments: [100, 101])
    func `more news than a list is long is told as the list`(count: Int) {
        var lobby = Lobby()
        lobby.watch(.numbered(1), .all)
        for number in 0..<count { lobby.changed(from: nil, to: .open(number)) }
        let message = lobby.flush { _ in ([.open(7)], 120) }.map { text($0.message) }.first ?? ""
        let reset =
            #"{"type":"room_list_update","data":{"reset":true,"rooms":[\#(text(RoomRow.open(7).json))],"total":120}}"#
        #expect((message == reset) == (count > 100))
    }

    @Test func `a room in a list shows what the protocol says`() {
        let row = RoomRow.open(1, isPrivate: false, createdAt: 1_700_000_000_000) { $0.isLocked = true }
        #expect(
            text(row.json)
                == #"{"roomId":"room0001","gameType":"draughts","phase":"waiting","players":1,"maxSeats":2,"#
                + #""spectators":0,"createdAt":1700000000000,"locked":true}"#)
    }
}

extension RoomList {
    fileprivate static let all = Self(gameType: nil)
    fileprivate static let draughts = Self(gameType: "draughts")
    fileprivate static let skittles = Self(gameType: "skittles")
}
