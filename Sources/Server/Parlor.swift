internal import ArgumentParser
// Whoever makes a server lists its games as these, and imports nothing but this module for it.
@_exported public import class RoomEngine.GameEntry

/// The whole program. An executable that wants other games than the built-in ones has this for its `main`:
///
///     @main struct Main {
///         static func main() async { await Parlor.main(games: [GameEntry(ConnectFour.self)]) }
///     }
public enum Parlor {
    /// Reads the command line and does what it says: serves, or shows its configuration. Does not return.
    public static func main(games: [GameEntry]) async -> Never {
        await CommandLineTool.start(games: games)
    }
}
