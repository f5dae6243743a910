internal import ArgumentParser
internal import Foundation
internal import NIOCore

/// `parlor echo`: for suites that test WebSocket itself, and no business of anybody else's.
struct EchoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Send every WebSocket message back until a signal says to stop.",
        shouldDisplay: false)

    @Option var host = "127.0.0.1"
    @Option(help: "0: any free one, printed.") var port = 0

    func run() async throws {
        let listener = try await EchoServer.listen(host: host, port: port)
        print("listening on ws://\(host):\(listener.localAddress?.port ?? port)")
        fflush(nil)
        await ServeCommand.signals()
        try await listener.close()
    }
}
