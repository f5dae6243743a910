internal import ArgumentParser
internal import SessionStore

/// `parlor backup`
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy a server's database to a file, while the server runs or not.",
        discussion: """
            The copy is of one moment, and is there only when it is whole: written beside FILE, checked, flushed, renamed. \
            It holds what the data folder holds, so keep it as private as that; nobody else can read it (0600).
            """)

    @OptionGroup var options: DataOptions
    @Argument(help: "The file to make.") var file: String
    @Flag(help: "Replace the file if it is there.") var replace = false

    func run() throws {
        let contents = try Backup.make(
            of: SQLiteReader(folder: try options.folder()), at: file, isReplacing: replace,
            progress: ProgressLine().show)
        print("\(file): \(contents.text)")
    }
}

extension BackupContents {
    /// For people.
    var text: String { "\(rooms) rooms, \(endedRooms) ended ones, \(sessions) sessions, \(bytes) bytes" }
}
