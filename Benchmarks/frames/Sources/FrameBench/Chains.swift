internal import NIOCore
internal import NIOWebSocket

/// Nothing but the way through the channel, which both chains have.
final class BareHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let sink: Sink

    init(_ sink: Sink) { self.sink = sink }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sink.bytes += unwrapInboundIn(data).readableBytes
    }
}

/// As the server's connection reads.
final class OwnHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let sink: Sink
    private var frames = FrameReader(.init(messageBytes: 16 * 1024, fragments: 128, allowsBinary: false))

    init(_ sink: Sink) { self.sink = sink }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data))
        while let event = try? frames.next() {
            if case .text(let text) = event { sink.take(text[...]) }
        }
    }
}

func stockHandlers(_ sink: Sink) -> [any ChannelHandler] {
    [
        ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 16 * 1024)), StockGuard(),
        NIOWebSocketFrameAggregator(
            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 128, maxAccumulatedFrameSize: 16 * 1024),
        StockText(sink),
    ]
}

/// The decoder leaves masks and reserved bits to whoever comes next...
private final class StockGuard: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return }
        context.fireChannelRead(data)
    }
}

/// ...and whether text is text.
private final class StockText: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    private let sink: Sink

    init(_ sink: Sink) { self.sink = sink }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.opcode == .text else { return }
        let bytes = Array(buffer: frame.unmaskedData)
        guard String(validating: bytes, as: UTF8.self) != nil else { return }
        sink.take(bytes[...])
    }
}
