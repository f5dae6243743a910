internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Sends every message back, and is nothing but the transport: what a conformance suite talks to.
enum EchoServer {
    /// - Returns: the listening channel, on a port of its own if `port` is 0.
    static func listen(host: String, port: Int) async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrades = NIOTypedHTTPServerUpgradeConfiguration(upgraders: [EchoUpgrader()]) { channel in
                        channel.close()
                    }
                    var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrades)
                    configuration.enablePipelining = false
                    _ = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                        configuration: configuration)
                }
            }
            .bind(host: host, port: port).get()
    }
}

/// Turns a request for `/` into an ``EchoConnection``.
private final class EchoUpgrader: NIOTypedHTTPServerProtocolUpgrader, Sendable {
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest head: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        guard head.uri == "/", WebSocketHandshake.isAskedFor(by: head) else {
            return channel.eventLoop.makeFailedFuture(WebSocketHandshake.Refused())
        }
        return channel.eventLoop.makeSucceededFuture(WebSocketHandshake.response(to: head, initialResponseHeaders))
    }

    func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(EchoConnection())
        }
    }
}
