internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// One accepted connection: an upgrade on `/ws` becomes a ``Connection`` on its loop and holds no task; all else is
/// Hummingbird's.
struct ListenerChannel: ServerChildChannel, HTTPChannelHandler {
    enum Upgrade: Sendable {
        case socket
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let upgrade: EventLoopFuture<Upgrade>
    }

    let responder: HTTPChannelHandler.Responder
    let node: Node

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let upgrader = WebSocketUpgrader(
                node: node, ticket: NIOLoopBoundBox(Ticket(), eventLoop: channel.eventLoop))
            let upgrades = NIOTypedHTTPServerUpgradeConfiguration<Upgrade>(upgraders: [upgrader]) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                    try pipeline.addHandler(
                        HTTPConnectionStateHandler(idleTimeout: Limits.idleHTTP, logger: logger))
                    return .http(
                        try NIOAsyncChannel(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true)))
                }
            }
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrades)
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            let deadline = FirstRequestDeadline(Limits.firstRequestDeadline)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(deadline)
            let upgrade = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
            let upgradeHandler = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Upgrade>.self)
            try pipeline.addHandler(UpgradeFilter(upgrader), position: .before(upgradeHandler))
            upgrade.assumeIsolated().whenComplete { _ in
                channel.pipeline.syncOperations.removeHandler(deadline, promise: nil)
            }
            return Value(channel: channel, upgrade: upgrade)
        }
    }

    func handle(value: Value, logger: Logger) async {
        switch try? await value.upgrade.get() {
        case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
        // The loop has it; the server waits for its channel by quiescing, not by a task.
        case .socket: break
        case nil: value.channel.close(promise: nil)
        }
    }
}

/// Ends a connection that says nothing, or has said nothing yet when the server stops; gone once the first request is
/// complete.
final class FirstRequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
