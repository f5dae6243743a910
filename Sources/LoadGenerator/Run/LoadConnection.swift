internal import NIOCore

/// One connection of a load: handshake, frames, and whatever goes out in one pass of the loop in one write.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case handshake(ClientHandshake)
        case open
        case closing
        case ended
    }

    let client: Int
    private unowned let run: LoadRun
    private var state: State
    private var decoder = ServerFrameDecoder()
    private var context: ChannelHandlerContext?
    private var unsent = ByteBuffer()

    init(client: Int, handshake: ClientHandshake, run: LoadRun) {
        self.client = client
        self.run = run
        state = .handshake(handshake)
    }

    // MARK: What the run says

    func send(_ text: String) {
        guard case .open = state else { return }
        append(.text, text.utf8)
    }

    func close() {
        guard case .open = state else { return }
        state = .closing
        append(.close, [0x03, 0xe8])
    }

    func flush() {
        guard let context, unsent.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(unsent), promise: nil)
        unsent = ByteBuffer()
    }

    /// The run is over.
    /// - Returns: when the channel has ended, if there is one.
    func drop() -> EventLoopFuture<Void>? {
        close()
        flush()
        state = .ended
        context?.close(promise: nil)
        return context?.channel.closeFuture
    }

    private func append(_ opcode: ClientFrame.Opcode, _ payload: some Sequence<UInt8>) {
        if unsent.readableBytes == 0 { run.hasUnsent(self) }
        let before = unsent.readableBytes
        ClientFrame.append(opcode, payload, key: run.maskingKey(), to: &unsent)
        if opcode == .text { run.sent(bytes: unsent.readableBytes - before) }
    }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        guard case .handshake(let handshake) = state else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: handshake.request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        run.read(bytes: bytes.readableBytes)
        bytes.withUnsafeReadableBytes { take($0) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        if case .ended = state { return }
        state = .ended
        run.ended(client)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail("a connection failed: \(error)") }

    // MARK: What is read

    private func take(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .handshake(var handshake):
            do throws(ClientHandshake.Fault) {
                let rest = try handshake.take(bytes)
                state = rest == nil ? .handshake(handshake) : .open
                rest?.withUnsafeBytes { if !$0.isEmpty { take($0) } }
            } catch {
                fail("\(error)")
            }
        case .open, .closing:
            do throws(ServerFrameFault) {
                try decoder.take(bytes) { hear($0) }
            } catch {
                fail("the server sent \(error.rawValue)")
            }
        case .ended: break
        }
    }

    private func hear(_ event: ServerFrameDecoder.Event) {
        switch event {
        case .text(let text): run.heard(text, by: client)
        case .ping(let payload): append(.pong, payload)
        case .pong: break
        case .close(let code):
            if case .open = state {
                run.fault("the server closed a connection with \(code.map(String.init) ?? "no code")")
                append(.close, code.map { [UInt8($0 >> 8), UInt8($0 & 0xff)] } ?? [])
                flush()
            }
            state = .closing
            context?.close(promise: nil)
        }
    }

    private func fail(_ description: String) {
        if case .ended = state { return }
        run.fault(description)
        context?.close(promise: nil)
    }
}
