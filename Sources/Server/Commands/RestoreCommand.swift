internal import ArgumentParser
internal import SessionStore

/// `parlor restore`
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup into a data folder that no server uses.",
        discussion: """
            The backup is checked from end to end, brought up to date if an older version made it, and every room begins a \
            new epoch, because players may have seen more than the backup has. If anything goes wrong on the way the \
            folder's database is the old one still.
            """)

    @OptionGroup var options: DataOptions
    @Argument(help: "The file that `parlor backup` made.") var file: String
    @Flag(help: "Replace the folder's database, which stays beside it under a dated name.") var replace = false

    func run() throws {
        let folder = try options.folder()
        let report = try Restore.run(
            from: file, into: folder, isReplacing: replace, progress: ProgressLine().show)
        print("checked \(file): \(report.contents.text)")
        if report.wasMigrated { print("brought it up to date: an older version of the server made it") }
        print("raised the epoch and the term of every room")
        if !report.isAheadOfReplaced {
            print("the replaced database cannot be read: epochs are above the backup's, maybe not above its own")
        }
        if let kept = report.kept { print("kept the replaced database as \(kept)") }
        print("restored into \(folder): a server can start there")
    }
}
