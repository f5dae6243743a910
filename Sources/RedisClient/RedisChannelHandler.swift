internal import NIOCore
internal import NIOTLS

/// Bytes of one channel into replies for its owner.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var reader = ReplyReader()
    private var owner: (any ChannelOwner)?
    private var attempt = 0
    private(set) var isSecured = false
    private var error: RedisError?

    func attach(_ owner: any ChannelOwner, attempt: Int) {
        self.owner = owner
        self.attempt = attempt
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            isSecured = true
            owner?.secured(attempt)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody has asked anything yet.
        guard let owner else { return context.close(promise: nil) }
        reader.read(unwrapInboundIn(data))
        owner.received(&reader, attempt)
        do throws(RedisError) { try reader.finish() } catch { owner.lost(attempt, error) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = RedisError(connecting: error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        owner?.lost(attempt, error ?? RedisError(.unreachable, "the server ended the connection"))
        context.fireChannelInactive()
    }
}
