import Dice
import GameKitProtocol
import GameKitTesting
import OweDrahn
import Pong
import TicTacToe

/// Prints what every game's rounds come to, for `FingerprintTests` to compare between processes.
func printFingerprint<G: Game>(of game: G.Type) throws {
    print(game.manifest.type, try Laws<G>().fingerprint())
}

try printFingerprint(of: TicTacToe.self)
try printFingerprint(of: Dice.self)
try printFingerprint(of: OweDrahn.self)
try printFingerprint(of: Pong.self)
