internal import NIOCore

/// One socket of the ``EchoServer``. It reads no more while what it has sent back is not taken.
final class EchoConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private var frames = FrameReader(
        .init(messageBytes: Limits.echoBytes, fragments: Limits.echoFragments, allowsBinary: true))
    private var isClosing = false
    /// A read that was held back while the peer does not take what it is owed.
    private var readIsHeld = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
        echo(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        echo(context)
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        guard isClosing || context.channel.isWritable else { return readIsHeld = true }
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func echo(_ context: ChannelHandlerContext) {
        do throws(FrameFault) {
            while !isClosing, context.channel.isWritable, let event = try frames.next() { answer(event, context) }
        } catch {
            isClosing = true
            let channel = context.channel
            context.write(wrapOutboundOut(Frame.close(error.closeCode)), promise: nil)
            context.close(mode: .output, promise: nil)
            context.eventLoop.scheduleTask(in: Limits.closeTime) { channel.close(promise: nil) }
        }
        context.flush()
        if readIsHeld, isClosing || context.channel.isWritable {
            readIsHeld = false
            context.read()
        }
    }

    private func answer(_ event: FrameDecoder.Event, _ context: ChannelHandlerContext) {
        switch event {
        case .text(let text): context.write(wrapOutboundOut(Frame.text(text)), promise: nil)
        case .binary(let bytes): context.write(wrapOutboundOut(Frame.binary(bytes)), promise: nil)
        case .ping(let payload): context.write(wrapOutboundOut(Frame.pong(payload)), promise: nil)
        case .pong: break
        case .close(let request):
            isClosing = true
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(Frame.close(request.code))).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }
}
