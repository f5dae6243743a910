import ConnectFour
import ParlorServer

@main
struct Main {
    static func main() async { await Parlor.main(games: [GameEntry(ConnectFour.self)]) }
}
