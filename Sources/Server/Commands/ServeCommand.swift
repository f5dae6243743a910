internal import ArgumentParser
internal import Foundation
internal import Logging
internal import NIOCore
internal import UnixSignals

/// `parlor serve`, and plain `parlor`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve games until a signal says to stop.", discussion: ServeOptions.discussion)

    /// Why the server could not go on, for the shell.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    @OptionGroup var options: ServeOptions

    @Flag(help: "Start the server again when a game ends it, as systemd and Kubernetes do.")
    var supervise = false
    /// The process that this one ends with.
    @Option(help: .hidden) var supervisor: Int32?

    func run() async throws {
        let values = SettingValues(flags: options.values, environment: ProcessInfo.processInfo.environment)
        let configuration = try Configuration(values, offering: CommandLineTool.games)
        let logger = Self.logger(configuration)
        if ["0.0.0.0", "::"].contains(configuration.host), configuration.publicURL == nil,
            configuration.allowedHosts.isEmpty
        {
            logger.warning("only loopback host names are answered: set PARLOR_PUBLIC_URL or PARLOR_ALLOWED_HOSTS")
        }
        if supervise {
            await Supervisor(
                CommandLine.arguments.filter { $0 != "--supervise" },
                box: configuration.data.folder.map(TrapGuard.box), logger: logger
            ).run()
        }
        let server = try await Server(configuration, logger: logger)
        server.armTraps(supervisor: supervisor)
        do {
            try await server.run { port in
                Self.announce(configuration, port)
            } until: {
                await Self.signals()
            }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw Failure(description: "port \(configuration.port) is in use: give another one with --port")
        } catch let error as IOError {
            throw Failure(description: "cannot listen on \(configuration.host): \(error.localizedDescription)")
        }
    }

    private static func announce(_ configuration: Configuration, _ port: Int) {
        #if DEBUG
            print(
                "This is a debug build: good for developing games, slow for serving them. `make release` builds the fast one."
            )
        #endif
        let scheme = configuration.tls == nil ? "http" : "https"
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        print("listening on \(scheme)://\(host):\(port)")
        fflush(nil)
    }

    /// Returns at the first signal to stop; the second one ends the process at once.
    static func signals() async {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let (first, told) = AsyncStream.makeStream(of: Void.self)
        Task {
            var isStopping = false
            for await _ in signals {
                if isStopping { Foundation.exit(1) }
                isStopping = true
                told.finish()
            }
        }
        for await _ in first {}
    }

    private static func logger(_ configuration: Configuration) -> Logger {
        let format = configuration.logFormat
        var logger = Logger(label: "parlor") { _ in LogWriter(format: format) }
        logger.logLevel = configuration.logLevel
        return logger
    }
}
