internal import Dice
internal import OweDrahn
internal import ParlorServer
internal import Pong
internal import TicTacToe

@main
struct Main {
    static func main() async {
        await Parlor.main(games: [
            GameEntry(Pong.self),
            GameEntry(TicTacToe.self),
            GameEntry(Dice.self),
            GameEntry(OweDrahn.self),
        ])
    }
}
