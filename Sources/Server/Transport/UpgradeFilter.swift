internal import NIOCore
internal import NIOHTTP1

/// Lets a request ask for an upgrade only if it will get one. NIO's upgrade handler loses the head of a request whose
/// upgrade it refuses; without the header it is an ordinary request, and the HTTP side says what is wrong with it.
///
/// Sees the first request of a connection, no other can be an upgrade, and is gone after its head.
final class UpgradeFilter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let upgrader: WebSocketUpgrader

    init(_ upgrader: WebSocketUpgrader) { self.upgrader = upgrader }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        if !upgrader.accepts(head) { head.headers.remove(name: "upgrade") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
