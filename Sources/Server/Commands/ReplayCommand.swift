internal import ArgumentParser
internal import Foundation
internal import GameKitProtocol
internal import RoomEngine
internal import SessionStore

/// `parlor replay`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Play a room again from its seed and inputs, and check every hash on the way.",
        discussion: """
            Prints each step: the room's version, the room's time, who, what, and what was told because of it. Ends with 0 \
            only if every step is vouched for by a hash at it or after it, with 2 if the last ones have none, and with 1 \
            if anything came out otherwise than it did then.

            An export has neither the room's id nor what the server knows its players by, nor chat; it has their names, \
            and the seed of all chance in the room.
            """)

    /// A week of the fastest game: a stranger's file must not keep this busy for ever.
    private static let mostTicks = 7 * 86_400 * 240
    /// What is shown of one step. Only a long run of ticks tells more, all of it in passing.
    private static let mostMessages = 10_000

    @OptionGroup var options: DataOptions
    @Argument(help: "The room's id; `parlor rooms` lists them.") var room: String?
    @Option(help: ArgumentHelp("Replay a file that --export made; - is the standard input.", valueName: "file"))
    var file: String?
    @Flag(help: "Also print, after each step, what a spectator sees.") var views = false
    @Option(help: ArgumentHelp("Write the game to a new file that anybody can replay; - prints it.", valueName: "file"))
    var export: String?
    @Flag(help: "Export a room that still lives, though its seed foretells what will be rolled.") var living = false
    @Flag(help: "Replay a file that begins at a state and not at a seed. Only one of your own making.")
    var trusted = false

    func validate() throws {
        guard (room == nil) != (file == nil) else { throw ValidationError("Give a room, or a file with --file.") }
    }

    func run() throws {
        let game = try recordedGame()
        let playback = try game.playback(games: CommandLineTool.games)
        if let note = game.note { Self.say(note) }
        if let export {
            let anonymous = game.anonymous(playback)
            try write(anonymous, to: export)
        } else {
            try show(game, playback)
        }
    }

    private func recordedGame() throws -> RecordedGame {
        if let file { return try ReplayFile.read(file, isTrusted: trusted) }
        let reader = SQLiteReader(folder: try options.folder())
        guard let id = room.flatMap(RoomID.init(rawValue:)), let recording = try reader.recording(of: id) else {
            throw CommandFailure(description: "there is no such room, or nothing of it is kept to be played back")
        }
        guard export == nil || living || recording.newest == nil else {
            let why = "the room still lives, and its seed foretells what will be rolled"
            throw CommandFailure(description: "\(why): give --living to export it")
        }
        return try RecordedGame(recording)
    }

    // MARK: Playing

    /// - Parameter onStep: told each entry, what came of it, and what was told.
    /// - Throws: at the first step that does not come out as it did.
    private func play(
        _ game: RecordedGame, _ playback: Playback,
        onStep: (_ entry: [UInt8], _ step: Playback.Step, _ messages: [Commit.Message]) throws -> Void
    ) throws -> ReplayTally {
        var tally = ReplayTally()
        try game.forEachEntry { entry in
            let version = playback.status().version
            var messages: [Commit.Message] = []
            let step: Playback.Step
            do throws(ReplayFault) {
                step = try playback.play(entry) { commit in
                    if messages.count < Self.mostMessages { messages += commit.messages }
                }
            } catch {
                throw CommandFailure(
                    description: "step \(tally.steps + 1), after version \(version): \(error.words) (\(tally.text))")
            }
            tally.add(step)
            guard tally.ticks <= Self.mostTicks else { throw CommandFailure(description: "these are too many ticks") }
            try onStep(entry, step, messages)
        }
        return tally
    }

    private func show(_ game: RecordedGame, _ playback: Playback) throws {
        var text = ReplayText(playback.facts())
        let tally = try play(game, playback) { _, step, messages in
            for line in text.lines(step, messages, playback.facts()) { print(line) }
            if views, let view = try playback.view(.spectator) { print("           = \(PlainText.line(view))") }
        }
        print(ReplayText.outcome(playback.status()))
        print(tally.text)
        if !tally.isVouchedFor { throw ExitCode(2) }
    }

    // MARK: Exporting

    private func write(_ game: RecordedGame, to path: String) throws {
        guard path != "-" else { return try write(game, .standardOutput) }
        guard !DurableFile.isThere(path) else { throw CommandFailure(description: "\(path) is there already") }
        let temporary = try DurableFile.temporary(for: path)
        do {
            guard let handle = FileHandle(forWritingAtPath: temporary) else {
                throw CommandFailure(description: "\(path) cannot be written")
            }
            try write(game, handle)
            try handle.close()
            try DurableFile.move(temporary, to: path)
        } catch {
            DurableFile.remove(temporary)
            throw error
        }
    }

    /// Writes what was played just then, without what was taken out of it: so it is known to play elsewhere.
    private func write(_ game: RecordedGame, _ file: FileHandle) throws {
        let playback = try game.playback(games: CommandLineTool.games)
        var lines = ReplayFile.head(of: game) + [UInt8(ascii: "\n")]
        let tally = try play(game, playback) { entry, _, _ in
            lines += entry + [UInt8(ascii: "\n")]
            guard lines.count >= 1 << 16 else { return }
            try file.write(contentsOf: Data(lines))
            lines = []
        }
        try file.write(contentsOf: Data(lines))
        Self.say(tally.text)
        if !tally.isVouchedFor { Self.say("the export plays, but is not vouched for to its end") }
    }

    /// Beside the replay itself, which may go into a file.
    private static func say(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}

extension ReplayFault {
    fileprivate var words: String {
        switch self {
        case .unreadable: "it is no entry of this game"
        case .notCommitted(let why): "the room does not take it: \(PlainText.line(why))"
        case .anotherState: "it leads to another state than it did then"
        }
    }
}
