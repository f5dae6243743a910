import ParlorServer

/// A server of games that exist to try servers with: it is killed, crashed and measured by tests and benchmarks.
@main
struct Main {
    static func main() async {
        await Parlor.main(games: [GameEntry(Counter.self), GameEntry(Bomb.self)])
    }
}
