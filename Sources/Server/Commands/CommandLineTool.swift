internal import ArgumentParser
internal import Foundation
internal import Logging
internal import RoomEngine
internal import SessionStore

/// The command line: what it may say, and what each outcome is to the shell.
struct CommandLineTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parlor", abstract: "A room server for multiplayer browser games.", version: Server.version,
        subcommands: [
            ServeCommand.self, ConfigCommand.self, CheckCommand.self, RoomsCommand.self, ReplayCommand.self,
            BackupCommand.self, RestoreCommand.self, TokenCommand.self, BenchCommand.self, EchoCommand.self,
        ], defaultSubcommand: ServeCommand.self)

    /// The games of this executable; set once, before anything is parsed.
    @TaskLocal static var games: [GameEntry] = []

    static func start(games: [GameEntry]) async -> Never {
        await $games.withValue(games) {
            do {
                var command = try parseAsRoot()
                if var asyncCommand = command as? any AsyncParsableCommand {
                    try await asyncCommand.run()
                } else {
                    try command.run()
                }
            } catch let faults as ConfigurationFaults {
                complain(faults.description, code: 78)
            } catch let error as StoreError {
                complain(error.description, code: 1)
            } catch let failure as CommandFailure {
                complain(failure.description, code: failure.code)
            } catch let failure as ServeCommand.Failure {
                complain(failure.description, code: 1)
            } catch {
                exit(withError: error)
            }
        }
        Foundation.exit(0)
    }

    private static func complain(_ text: String, code: Int32) -> Never {
        FileHandle.standardError.write(Data("parlor: \(text)\n".utf8))
        Foundation.exit(code)
    }
}

/// `parlor config`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Print the settings in force and where each comes from, secrets masked.")

    @OptionGroup var options: ServeOptions

    func run() throws {
        let values = SettingValues(flags: options.values, environment: ProcessInfo.processInfo.environment)
        _ = try Configuration(values, offering: CommandLineTool.games)
        print(values.listing)
    }
}
