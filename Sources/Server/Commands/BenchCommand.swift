internal import ArgumentParser
internal import Foundation
internal import LoadGenerator

/// `parlor bench`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Put a load on a server, and see what it carries and whether it does so rightly.",
        discussion: """
            The server is any that speaks the protocol; what is measured is a server under load, so do not do it to one that \
            people play on. The last line of the output is JSON. Ends with 0 if the server did all that it should, with 1 if \
            not, and with 2 if nobody answers.
            """,
        subcommands: [
            Echo.self, Moves.self, Fanout.self, Rooms.self, Pong.self, Joins.self, Idle.self, Churn.self, Crowd.self,
        ])

    /// What all scenarios have in common.
    struct Options: ParsableArguments {
        @Option(help: "The server.") var url = "ws://127.0.0.1:8080"
        @Option(help: "Its process, whose CPU and memory are reported (Linux).") var serverPid: Int32?
        @Option(help: "How long is measured, in seconds.") var seconds = 5.0
        @Option(help: "How long the load is on before that, in seconds.") var warmUp = 2.0
        @Flag(help: "Print the line of JSON alone.") var json = false
        @Flag(help: "Take any certificate.") var insecure = false
        @Flag(help: "Send more to another machine than somebody else's server should have to bear.")
        var iOwnThisServer = false

        func run(_ kind: LoadKind) async throws {
            do {
                let options = try LoadOptions(
                    target: Target(url: url), seconds: seconds, warmUp: warmUp, serverID: serverPid,
                    isInsecure: insecure, ownsServer: iOwnThisServer)
                let report = try await LoadGenerator.run(kind, options) { line in
                    FileHandle.standardError.write(Data("\(line)\n".utf8))
                }
                if !json { print(report.table) }
                print(report.json)
                if report.exitCode != 0 { throw ExitCode(report.exitCode) }
            } catch let refusal as LoadRefusal {
                throw CommandFailure(description: refusal.description, code: 64)
            } catch let failure as LoadFailure {
                throw CommandFailure(description: failure.description, code: 2)
            }
        }
    }
}
