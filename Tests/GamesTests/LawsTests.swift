import GameKitTesting
import OweDrahn
import Pong
import Testing
import TicTacToe

@testable import Dice

/// Every game keeps every law of the server.
@Suite struct LawsTests {
    @Test func `tic-tac-toe keeps the laws`() throws { try Laws<TicTacToe>().check() }

    @Test func `dice keeps the laws`() throws { try Laws<Dice>().check() }

    @Test func `dice for four keeps the laws`() throws { try Laws<Dice>(options: .init(seats: 4, target: 40)).check() }

    @Test func `owe drahn keeps the laws`() throws { try Laws<OweDrahn>(playouts: 2).check() }

    /// Long enough for goals.
    @Test func `pong keeps the laws`() throws { try Laws<Pong>(playouts: 2, steps: 900).check() }
}
