internal import NIOCore

/// What a connection is owed on its way to the socket.
extension Connection {
    /// What `deliver` and a flush do, where nothing else comes in this pass. What need not wait behind anything never sees
    /// the outbox: with hundreds of connections in a row, each piece of memory that is touched for one is a wait.
    func deliver(alone delivery: Delivery, _ sent: inout Metrics.Sent) {
        guard case .message(let frame) = delivery, let context, !isClosing, isWritable, outbox.isEmpty else {
            if deliver(delivery) { flush() }
            return
        }
        sent.messages += 1
        sent.bytes += frame.readableBytes
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// What came for all who watch a room, since this one was told.
    func deliver(_ turn: Gallery.Turn, _ sent: inout Metrics.Sent) {
        guard let piece = turn.news.piece, !turn.wantsPatches, let context, !isClosing, isWritable, outbox.isEmpty
        else {
            for delivery in turn.news.deliveries { _ = deliver(delivery) }
            return flush()
        }
        sent.messages += turn.news.deliveries.count
        sent.bytes += piece.readableBytes
        context.writeAndFlush(wrapOutboundOut(piece), promise: nil)
    }

    /// Writes what is owed, as far as the socket takes it.
    func flush() {
        defer { weigh() }
        guard let context, !outbox.isEmpty, isWritable else { return }
        var sent = Metrics.Sent()
        while isWritable, let frame = nextFrame(&sent) {
            context.write(wrapOutboundOut(outbox.isEmpty ? frame : gather(after: frame, &sent)), promise: nil)
        }
        node.metrics.sent(sent)
        context.flush()
    }

    /// Several small frames in one buffer: each one more would cost the socket several times what copying it does.
    private func gather(after first: ByteBuffer, _ sent: inout Metrics.Sent) -> ByteBuffer {
        var frames = ByteBuffer()
        frames.reserveCapacity(min(first.readableBytes + outbox.byteCount, Limits.gatheredBytes))
        frames.writeImmutableBuffer(first)
        while frames.readableBytes < Limits.gatheredBytes, let frame = nextFrame(&sent) {
            frames.writeImmutableBuffer(frame)
        }
        return frames
    }

    private func nextFrame(_ sent: inout Metrics.Sent) -> ByteBuffer? {
        guard let item = outbox.next() else { return nil }
        let frame =
            switch item {
            case .frame(let frame): frame
            case .state(let state): frameForState(state)
            }
        sent.messages += 1
        sent.bytes += frame.readableBytes
        return frame
    }

    /// What is owed has changed: whoever does not read it is not read either, and ends when it is too much.
    func weigh() {
        let owed = outbox.byteCount
        if owed != budgeted {
            hub.budget.change(by: owed - budgeted)
            budgeted = owed
        }
        guard !isClosing, router.isPaused || backlog.isOver(owed) else { return }
        switch backlog.judge(owed, at: .now()) {
        case .small:
            perform(router.resumed())
            readFrames()
            flush()
        case .large: router.pause()
        case .hopeless:
            node.metrics.refused(.outbox)
            close(.slowConsumer)
        }
    }

    private func frameForState(_ state: RoomState) -> ByteBuffer {
        guard router.rooms[state.room]?.sync == .patch else { return state.frame }
        defer { bases[state.room] = state }
        return bases[state.room].flatMap { base in hub.patches.value.patch(of: state, from: base) } ?? state.frame
    }
}
