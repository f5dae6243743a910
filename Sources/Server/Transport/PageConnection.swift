internal import NIOCore

/// Counts a connection from when it is accepted until it ends or becomes a socket; one too many is told so and closed.
final class PageConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundOut = ByteBuffer

    private enum State {
        case new
        case counted(ClientAddress?)
        case refused
    }

    private let node: Node
    private var state = State.new

    init(node: Node) { self.node = node }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Whatever one too many has to say is not read.
        if case .refused = state { return }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .refused = state, case ChannelEvent.inputClosed = event { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func begin(_ context: ChannelHandlerContext) {
        guard case .new = state else { return }
        let peer = context.remoteAddress
        let address = node.gatekeeper.isProxy(peer) ? nil : ClientAddress(peer)
        guard !node.door.admits(connectionFrom: address) else { return state = .counted(address) }
        state = .refused
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(Self.busy)).whenComplete { _ in channel.closeLingering() }
        // One that does not read that is not waited for.
        context.eventLoop.scheduleTask(in: 2 * Limits.closeTime) { channel.close(promise: nil) }
    }

    private func end() {
        if case .counted(let address) = state { node.door.left(from: address) }
        state = .refused
    }

    /// Made before any request was read, and so by hand.
    private static let busy = ByteBuffer(
        string: "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
