import Dice
import GameKitTesting
import OweDrahn
import Pong
import Testing
import TicTacToe

/// Every game keeps every law of the server.
@Suite struct LawsTests {
    @Test func `tic-tac-toe keeps the laws`() throws { try Laws<TicTacToe>().check() }

    @Test func `dice keeps the laws`() throws { try Laws<Dice>().check() }

    @Test func `owe drahn keeps the laws`() throws { try Laws<OweDrahn>().check() }

    @Test func `pong keeps the laws`() throws { try Laws<Pong>(playouts: 3).check() }
}
