internal import NIOCore
internal import NIOWebSocket

/// Refuses frames that no client may send (RFC 6455, sections 5.1 and 5.2). Before fragments are put together: a message
/// made of them shows neither its mask nor its reserved bits any more.
final class FrameGuard: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    /// A frame without a mask, or with a reserved bit.
    struct Violation: Error {}

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return context.fireErrorCaught(Violation())
        }
        context.fireChannelRead(data)
    }
}
