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
        /// It is told why, and counts as no socket while it closes.
        case refusedSocket
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    }

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let upgrade: EventLoopFuture<Upgrade>
    }

    let responder: HTTPChannelHandler.Responder
    let node: Node
    let headers: SecurityHeaders

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
                    try pipeline.addHandler(RequestDeadline(TimeAmount(Limits.idleHTTP)))
                    return .http(
                        try NIOAsyncChannel(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true)))
                }
            }
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(upgradeConfiguration: upgrades)
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.decoderConfiguration.maxHeaderFieldSize = Limits.headerBytes
            configuration.decoderConfiguration.maxHeaderListSize = Limits.headBytes
            configuration.decoderConfiguration.maxHeaderFieldCount = Limits.headers
            let deadline = FirstRequestDeadline(Limits.firstRequestDeadline)
            let count = PageConnection(node: node)
            try setBuffers(of: channel)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers([count, deadline])
            let upgrade = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
            let upgradeHandler = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Upgrade>.self)
            let faults = RequestFaults(headers: headers)
            let filter = UpgradeFilter(upgrader, besides: faults)
            try pipeline.addHandlers([faults, filter], position: .before(upgradeHandler))
            upgrade.assumeIsolated().whenComplete { outcome in
                let pipeline = channel.pipeline.syncOperations
                pipeline.removeHandler(deadline, promise: nil)
                if case .success(.socket) = outcome { pipeline.removeHandler(count, promise: nil) }
            }
            return Value(channel: channel, upgrade: upgrade)
        }
    }

    /// Fixed, because the kernel would else keep megabytes for a peer that does not read.
    private func setBuffers(of channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try options.setOption(.socketOption(.so_sndbuf), value: numericCast(Limits.sendBufferBytes))
        try options.setOption(.socketOption(.so_rcvbuf), value: numericCast(Limits.receiveBufferBytes))
        try options.setOption(
            .writeBufferWaterMark, value: .init(low: Limits.writeBufferBytes / 2, high: Limits.writeBufferBytes))
        try options.setOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: Limits.readBytes))
    }

    func handle(value: Value, logger: Logger) async {
        switch try? await value.upgrade.get() {
        case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
        // The loop has it; the server waits for its channel by quiescing, not by a task.
        case .socket, .refusedSocket: break
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
