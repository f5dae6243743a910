import ConnectFour
import GameKitProtocol
import GameKitTesting
import Testing

@Suite struct ConnectFourTests {
    @Test func `it keeps the laws of all games`() throws { try Laws<ConnectFour>().check() }

    @Test func `four in a column win`() throws {
        var room = try TestRoom<ConnectFour>()
        for _ in 0..<3 {
            try room.play(.init(column: 0), by: 0)
            try room.play(.init(column: 1), by: 1)
        }
        try room.play(.init(column: 0), by: 0)
        #expect(room.outcome == .won(by: 0))
    }

    @Test func `a full column takes no more`() throws {
        var room = try TestRoom<ConnectFour>()
        for turn in 0..<6 { try room.play(.init(column: 3), by: Seat(turn % 2)) }
        #expect(try room.refusal(of: .init(column: 3), by: 0)?.reason == "column_full")
        #expect(try room.refusal(of: .init(column: 7), by: 0)?.reason == "no_such_column")
    }
}
