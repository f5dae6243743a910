internal import NIOCore
internal import NIOTLS

/// Bytes of one channel into replies for the driver.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var reader = ReplyReader()
    private var driver: RedisDriver?
    private var attempt = 0
    private(set) var isSecured = false
    private var error: RedisError?

    func attach(_ driver: RedisDriver, attempt: Int) {
        self.driver = driver
        self.attempt = attempt
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            isSecured = true
            driver?.secured(attempt)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody has asked anything yet.
        guard let driver else { return context.close(promise: nil) }
        reader.read(unwrapInboundIn(data))
        while let reply = reader.next() { driver.received(reply, attempt, moreCame: reader.left > 0) }
        do throws(RedisError) { try reader.finish() } catch { driver.lost(attempt, error) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = RedisError(connecting: error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        driver?.lost(attempt, error ?? RedisError(.unreachable, "the server ended the connection"))
        context.fireChannelInactive()
    }
}
