import GameKitProtocol
import Testing

@testable import RoomEngine

@Suite struct MoveTests {
    @Test func `a move is a new version and shows the state`() throws {
        var room = try Driver(Duel.self, "AB")
        let version = room.engine.status.version
        #expect(version == 2, "both took their seats")
        let commit = try room.play(.add(3), by: 0)
        #expect(commit.version == version + 1 && commit.showsState && !commit.isLandmark)
        #expect(room.engine.status.version == version + 1)
        #expect(room.engine.view(for: .spectator)?.count == 3)
    }

    @Test func `whoever is not to move is refused before the game is asked`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.pass(to: [1]), by: 0)
        #expect(room.apply(.moved(0, .add(1), id: nil)) == .refused(.moveRefused(.notYourTurn)))
        try room.play(.add(1), by: 1)
    }

    @Test func `a refusal leaves no trace, and the same chances`() throws {
        var room = try Driver(Crowd.self, "ABC")
        var twin = room
        let before = room.engine.snapshot
        let refusal = Refusal("in_vain", "It was in vain.")
        #expect(room.apply(.moved(0, .tryInVain, id: MoveID(rawValue: 1))) == .refused(.moveRefused(refusal)))
        #expect(room.engine.snapshot == before)
        try room.play(.roll, by: 0)
        try twin.play(.roll, by: 0)
        #expect(room.engine.snapshot == twin.engine.snapshot)
    }

    @Test func `the game's own end ends the round`() throws {
        var room = try Driver(Duel.self, "AB")
        room.now = .seconds(3)
        let commit = try room.play(.end(.won(by: 1)), by: 0)
        #expect(commit.events == [.gameEnded(.won(by: 1))] && commit.isLandmark)
        #expect(room.phase == .finished && room.engine.status.finishedSince == .seconds(3))
    }
}

/// A move that is sent twice under one id.
@Suite struct RepeatedMoveTests {
    private static let id = MoveID(rawValue: .max)

    @Test func `it counts once and is told what it was told`() throws {
        var room = try Driver(Duel.self, "AB")
        room.now = .seconds(2)
        let commit = try room.commit(.moved(0, .add(3), id: Self.id))
        try room.play(.add(10), by: 1)
        let before = room.engine.snapshot
        room.now = .seconds(9)
        guard case .repeated(let receipt) = room.apply(.moved(0, .add(3), id: Self.id)) else {
            Issue.record("it was taken for another")
            return
        }
        #expect(receipt.version == commit.version && receipt.at == .seconds(2))
        #expect(room.engine.snapshot == before)
    }

    @Test func `another move under the same id is refused`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.commit(.moved(0, .add(3), id: Self.id))
        #expect(room.apply(.moved(0, .add(4), id: Self.id)) == .refused(.idReused))
    }

    @Test func `the id is the seat's own`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.commit(.moved(0, .add(3), id: Self.id))
        try room.commit(.moved(1, .add(4), id: Self.id))
        #expect(room.engine.view(for: .spectator)?.count == 7)
    }

    @Test func `a refusal is not remembered`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.play(.pass(to: [1]), by: 0)
        #expect(room.apply(.moved(0, .add(1), id: Self.id)) == .refused(.moveRefused(.notYourTurn)))
        try room.play(.pass(to: [0]), by: 1)
        try room.commit(.moved(0, .add(1), id: Self.id))
    }

    @Test func `it is found although the round is over, or it is not one's turn`() throws {
        var room = try Driver(Duel.self, "AB")
        try room.commit(.moved(0, .pass(to: [1]), id: Self.id))
        guard case .repeated = room.apply(.moved(0, .pass(to: [1]), id: Self.id)) else {
            Issue.record("it was judged anew")
            return
        }
        try room.commit(.left(1, .left))
        guard case .repeated = room.apply(.moved(0, .pass(to: [1]), id: Self.id)) else {
            Issue.record("it was judged anew")
            return
        }
    }

    @Test func `the last sixteen are remembered`() throws {
        var room = try Driver(Duel.self, "AB")
        for number in 0...16 as ClosedRange<UInt64> {
            try room.commit(.moved(0, .add(1), id: MoveID(rawValue: number)))
        }
        for number in 1...16 as ClosedRange<UInt64> {
            guard case .repeated = room.apply(.moved(0, .add(1), id: MoveID(rawValue: number))) else {
                Issue.record("\(number) is forgotten")
                continue
            }
        }
        #expect(room.engine.view(for: .spectator)?.count == 17)
        try room.commit(.moved(0, .add(1), id: MoveID(rawValue: 0)))
        #expect(room.engine.view(for: .spectator)?.count == 18, "the seventeenth is forgotten")
    }

    @Test func `whoever takes the seat next has no part in it`() throws {
        var room = try Driver(OpenHouse.self, "ABC")
        try room.commit(.moved(2, .add(1), id: Self.id))
        try room.commit(.left(2, .left))
        try room.sit("D", at: 2)
        try room.commit(.moved(2, .add(1), id: Self.id))
        #expect(room.engine.view(for: .spectator)?.count == 2)
    }
}
