/// What follows when the code of a game ends the process.
extension Limits {
    /// An input that ends the process once may have had bad luck with a cosmic ray; twice it is the input.
    static let trapsOfOneInput = 2
    /// A room that ends the process by whatever it is told is broken in itself.
    static let trapsOfOneRoom = 3
    /// One room may have come into a strange state; three, and the next one will be the fourth.
    static let trappedRoomsOfOneGame = 3
    /// A player who is unlucky with a broken game meets it twice; the third time it looks like a wish.
    static let trappedRoomsOfOneAddress = 3
    /// Long enough to be no fun, short enough for the others behind the same address.
    static let trapperBarred = Duration.seconds(600)
    /// Traps that are further apart have nothing to do with each other.
    static let trapMemory = Duration.seconds(7 * 86_400)
    /// With the input of each the file stays below ``OperatorFile/mostBytes``.
    static let rememberedTraps = 128
    /// Each may be as large as a room in the store; a developer needs a few.
    static let trapReports = 100

    /// How often the watchdog looks: a tenth of what it notices.
    static let watchdogInterval = Duration.milliseconds(100)
    /// A game that takes longer holds up every room of its loop, and should be looked into.
    static let gameTime = Duration.seconds(1)
    /// No game thinks for so long: it will not return. Shorter than two heartbeats, so that nobody is lost by it.
    static let gamePatience = Duration.seconds(5)
    /// What a backtracer and a core dump may take of a process that was told to end.
    static let endingTime = Duration.seconds(20)

    /// A server that ran for so long did not die of what it found at its start.
    static let soundRun = Duration.seconds(10)
    /// The wait before the second restart in a row; doubled for each...
    static let firstRestartDelay = Duration.milliseconds(250)
    /// ...up to this: whoever repairs the cause does not wait for long.
    static let longestRestartDelay = Duration.seconds(30)
}
