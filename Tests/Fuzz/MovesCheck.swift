import Dice
import GameKitProtocol
import JSONCoding
import OweDrahn
import Pong
import TicTacToe

@testable import RoomEngine

/// Whatever is sent as a move, the room goes on or ends, and can be stored, brought back and replayed.
///
/// The first byte of an input chooses the game. The rest of its first line is options, each further line an act.
enum MovesCheck {
    static func check(_ input: [UInt8]) throws(FuzzTarget.Broken) {
        guard let game = input.first else { return }
        var lines = input.dropFirst().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let options = lines.removeFirst()
        switch game % 4 {
        case 0: try FuzzedRoom<TicTacToe>.play(lines, options)
        case 1: try FuzzedRoom<Dice>.play(lines, options)
        case 2: try FuzzedRoom<OweDrahn>.play(lines, options)
        default: try FuzzedRoom<Pong>.play(lines, options)
        }
    }
}
