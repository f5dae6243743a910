import RedisClient

@testable import RedisLab

/// A real Redis server that is gone when the test has no more use for it.
final class LiveServer: Sendable {
    private let server: RedisServer

    init(_ change: (inout RedisServer.Options) -> Void = { _ in }) async throws {
        var options = RedisServer.Options()
        options.appendOnly = false
        change(&options)
        server = try await RedisServer.start(options)
    }

    deinit { server.remove() }

    var port: Int { server.port }
    var address: RedisConfiguration.Address { .init(host: server.host, port: server.port) }

    func start() async throws { try await server.restart() }
    func kill() async throws { try await server.kill() }
    func pause() async throws { try await server.pause() }
    func resume() async throws { try await server.resume() }
}
