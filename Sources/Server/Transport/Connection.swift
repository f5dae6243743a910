internal import Logging
internal import NIOCore
internal import SessionStore

/// One browser's socket: the last handler of its pipeline, on the event loop that accepted it.
///
/// Bytes come in, and the messages in them are routed; what the client is owed waits in the ``Outbox`` and is written in
/// one go at the end of a loop pass. It holds no task, and nothing but its own loop ever touches it.
final class Connection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// Where this connection came from and whether it may stay.
    struct Arrival: Sendable {
        let address: ClientAddress
        let gameType: String?
        let admission: Admission
        /// What its request has proved.
        let proof: Proof?
    }

    private(set) var id: ConnectionID?
    let node: Node
    let hub: LoopHub
    private let arrival: Arrival
    /// Who this is: under the id of the welcome first, and after a reconnect as the client that came back.
    private var client: ClientKey
    /// The user under whom it acts: nobody, once it has come back as a client that was made anonymous.
    private var user: UserKey?
    private let clientId: ClientID
    private var frames = FrameReader(
        .init(messageBytes: Limits.messageBytes, fragments: Limits.fragments, allowsBinary: false))
    var router: MessageRouter
    var outbox = Outbox()
    /// The room list that it watches: the hub's note.
    var lobby: RoomList?
    /// The state last written of each room whose client wants patches.
    var bases: [RoomID: RoomState] = [:]
    private var heartbeat: Heartbeat
    var context: ChannelHandlerContext?
    var isClosing = false
    /// The socket takes more. Said by the channel, which would have to be asked for it with every frame.
    var isWritable = true
    /// What came since.
    private var closingBytes = 0
    /// A read that was held back while messages wait.
    private var readIsHeld = false
    var backlog: Backlog
    /// What of the outbox is in the loop's budget.
    var budgeted = 0

    init(node: Node, hub: LoopHub, arrival: Arrival) {
        self.node = node
        self.hub = hub
        self.arrival = arrival
        clientId = ClientID.random()
        client = clientId.key
        user = arrival.proof?.user.key
        let now = NIODeadline.now()
        router = MessageRouter(
            defaultGame: arrival.gameType, limits: node.limits, takesTokens: node.tokens.takesTokens,
            identity: Identity(
                proof: arrival.proof, mustProve: node.tokens.isRequired, at: now, wallClock: node.wallClock()), now: now
        )
        heartbeat = Heartbeat(now: now)
        backlog = Backlog(node.limits)
    }

    /// In bytes.
    var owed: Int { outbox.byteCount }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        switch arrival.admission {
        case .admitted: break
        case .tooMany: return close(.tooManyConnections)
        case .badToken: return close(.badToken)
        }
        // The hub is an actor on this very loop, which the compiler cannot know.
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        let id = hub.assumeIsolated { $0.add(me.value) }
        self.id = id
        node.clients.post(.opened(id, client, arrival.proof))
        outbox.append(Frame.text(ServerMessage.welcome(node.facts, clientId: clientId.text)))
        perform(router.beat(at: .now(), wallClock: node.wallClock()))
        flush()
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !isClosing else { return awaitClose(bytes) }
        frames.append(bytes)
        readFrames()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        if hub.budget.isExceeded { hub.assumeIsolated { $0.keepToBudget() } }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        guard router.mayRead else { return readIsHeld = true }
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        // It can also change in the middle of a flush.
        if isWritable { flush() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: context.close(promise: nil)
        case is ChannelShouldQuiesceEvent: close(.goingAway)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: From shards and managers

    /// - Returns: whether there is something to write now.
    func deliver(_ delivery: Delivery) -> Bool {
        guard !isClosing else { return false }
        switch delivery {
        case .message(let frame): outbox.append(frame)
        case .state(let state):
            guard router.rooms[state.room] != nil else { return false }
            let replaced = outbox.replacedStates
            outbox.append(state)
            if outbox.replacedStates > replaced { node.metrics.statesReplaced() }
        case .answer(let frame, let settled):
            outbox.append(answer: frame, about: settled.room)
            settle(settled)
        case .settled(let settled): settle(settled)
        case .entered(let room, let membership):
            router.entered(room, membership)
            bases[room] = nil
        case .left(let room): leave(room)
        case .kicked(let room):
            leave(room)
            if router.rooms.isEmpty { close(.kicked) }
        case .became(let client, let user):
            self.client = client
            self.user = user
        case .judged(let verdict):
            let actions = router.judged(verdict, at: node.wallClock())
            // Before what was held goes on, which is asked for by that user.
            if !router.hasEntered { user = router.identity.proof?.user.key }
            perform(actions)
            perform(router.beat(at: .now(), wallClock: node.wallClock()))
            readFrames()
        case .lobby: break
        case .close(let code): close(code)
        }
        // The bound holds in the middle of a pass too.
        if backlog.isOver(outbox.byteCount) { flush() }
        return !outbox.isEmpty
    }

    /// Once a second.
    /// - Returns: whether it was pinged.
    func beat(_ now: NIODeadline, wallClock: Int64) -> Bool {
        guard let context, !isClosing else { return false }
        // Who is not read cannot be heard; what ends those is what they are owed.
        if readIsHeld { heartbeat.heard(at: now) }
        let actions = router.beat(at: now, wallClock: wallClock)
        if !actions.isEmpty { perform(actions) }
        guard !isClosing else { return false }
        let action = heartbeat.beat(at: now, isRealTime: router.isInRealTimeRoom)
        switch action {
        case .nothing: break
        case .ping: context.writeAndFlush(wrapOutboundOut(Frame.ping()), promise: nil)
        case .dead:
            close(.heartbeatMissed)
            return false
        }
        weigh()
        return action == .ping
    }

    // MARK: Acting

    /// Handles what was read, as far as nothing in it must wait.
    func readFrames() {
        let now = NIODeadline.now()
        do throws(FrameFault) {
            while !isClosing, router.mayRead, let event = try frames.next() {
                heartbeat.heard(at: now)
                handle(event, at: now)
            }
        } catch {
            return fail(error)
        }
        if readIsHeld, router.mayRead {
            readIsHeld = false
            context?.read()
        }
    }

    private func handle(_ event: FrameDecoder.Event, at now: NIODeadline) {
        switch event {
        case .text(let text):
            node.metrics.received(text.count)
            perform(router.received(text[...], at: now))
        // The bounds allow none.
        case .binary: close(.binaryFrame)
        case .ping(let payload):
            outbox.append(pong: Frame.pong(payload))
            perform(router.receivedControl(at: now))
        case .pong: perform(router.receivedControl(at: now))
        case .close(let request): answerClose(request)
        }
    }

    private func settle(_ settled: Settled) {
        perform(router.settled(settled, at: .now()))
        readFrames()
    }

    func perform(_ actions: [MessageRouter.Action]) {
        guard let id else { return }
        for action in actions {
            switch action {
            case .send(let text): outbox.append(Frame.text(text))
            case .toRoom(let room, let request):
                node.shard(of: room).post(.request(room, request, from: sender(id)))
            case .prove(let token, let messageID, let isRefresh): prove(token, messageID, isRefresh, id)
            case .join(let join, let messageID, let room, let gameType):
                place(
                    Placement(
                        sender: sender(id), id: messageID, join: join, room: room, gameType: gameType,
                        pass: router.identity.proof?.pass))
            case .reconnect(let request, let messageID, let room):
                node.clients.post(.reconnect(request, messageID, room: room, from: sender(id)))
            case .listRooms(let messageID, let gameType): node.rooms.post(.list(id, messageID, gameType: gameType))
            case .watchLobby(let messageID, let gameType): node.rooms.post(.watch(id, messageID, gameType: gameType))
            case .unwatchLobby(let messageID): node.rooms.post(.unwatch(id, messageID))
            case .pong(let messageID, let data):
                outbox.append(Frame.text(ServerMessage.pong(id: messageID, data: data, serverTime: node.wallClock())))
            case .forgetBase(let room): bases[room] = nil
            case .refused(let limit): node.metrics.refused(limit)
            case .close(let code): return close(code)
            }
        }
    }

    private func sender(_ id: ConnectionID) -> Sender {
        Sender(connection: id, client: client, user: user, address: arrival.address)
    }

    private func leave(_ room: RoomID) {
        router.left(room)
        bases[room] = nil
    }

    // MARK: Ending

    /// Says why and ends the connection. What is owed goes out first, as far as the socket takes it.
    func close(_ code: CloseCode) {
        guard let context, !isClosing else { return }
        isClosing = true
        flush()
        forgetOutbox()
        node.metrics.closed(code)
        context.write(wrapOutboundOut(Frame.close(code)), promise: nil)
        let channel = context.channel
        context.flush()
        // The peer closes next; one that does not is not waited for.
        context.eventLoop.scheduleTask(in: Limits.closeTime) { channel.close(promise: nil) }
    }

    /// Ends a connection whose frames cannot be understood from here on: all that can still come is its end.
    private func fail(_ fault: FrameFault) {
        close(fault.closeCode)
        context?.close(mode: .output, promise: nil)
    }

    /// Nobody will read it.
    private func forgetOutbox() {
        outbox = Outbox()
        weigh()
    }

    private func answerClose(_ request: CloseRequest) {
        guard let context else { return }
        isClosing = true
        forgetOutbox()
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(Frame.close(request.code))).whenComplete { _ in
            channel.close(promise: nil)
        }
        // One that does not read the answer is not waited for either.
        context.eventLoop.scheduleTask(in: Limits.closeTime) { channel.close(promise: nil) }
    }

    /// After the peer's answer to our close there is nothing left to wait for, and one that goes on instead is not waited
    /// for either.
    private func awaitClose(_ bytes: ByteBuffer) {
        closingBytes += bytes.readableBytes
        var isOver = closingBytes > Limits.closingBytes
        frames.append(bytes)
        while !isOver, let event = try? frames.next() {
            if case .close = event { isOver = true }
        }
        if isOver { context?.close(promise: nil) }
    }

    private func ended() {
        isClosing = true
        forgetOutbox()
        guard let id else { return }
        self.id = nil
        let rooms = Array(router.rooms.keys)
        hub.assumeIsolated { $0.remove(id, from: rooms) }
        for room in rooms { node.shard(of: room).post(.disconnected(id, room)) }
        node.clients.post(.closed(id, client, arrival.address))
        node.rooms.post(.unwatch(id, nil))
    }
}
