internal import Hummingbird
internal import NIOCore
internal import NIOHTTPTypes

/// Ends a connection of pages that keeps the server waiting: for the whole of a request, a byte at a time or not at all,
/// or for its answer to be read. So that such a connection never lives without a deadline.
final class RequestDeadline: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private var timer: Scheduled<Void>?

    /// - Parameter limit: from one answer to the end of the next request, and from there to the end of its answer.
    init(_ limit: TimeAmount) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) { restart(context) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { restart(context) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        let written = promise ?? context.eventLoop.makePromise()
        let me = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.futureResult.whenSuccess { me.value.0.restart(me.value.1) }
        context.write(data, promise: written)
    }

    private func restart(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }
}
