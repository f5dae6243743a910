internal import NIOCore
internal import NIOHTTP1

/// Lets a request ask for an upgrade only if it will get one, and looks at its token first. NIO's upgrade handler loses the
/// head of a request whose upgrade it refuses; without the header it is an ordinary request, and the HTTP side says what is
/// wrong with it.
///
/// Sees the first request of a connection, no other can be an upgrade, and is gone after its head.
final class UpgradeFilter: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart

    private let upgrader: WebSocketUpgrader
    private let faults: RequestFaults
    /// What came behind a head whose token is being looked at.
    private var held: [NIOAny]?
    /// A read that has to wait too, or all that a client sends meanwhile would be held.
    private var readIsHeld = false

    /// - Parameter faults: which no socket needs, since it sends no more requests.
    init(_ upgrader: WebSocketUpgrader, besides faults: RequestFaults) {
        self.upgrader = upgrader
        self.faults = faults
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard held == nil else { return held?.append(data) ?? () }
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        guard upgrader.accepts(head) else {
            head.headers.remove(name: "upgrade")
            return pass(head, context)
        }
        switch Introduction(head, upgrader.node.tokens) {
        case .anonymous: pass(head, context)
        case .missing: refuse(nil, context)
        case .token(let token):
            held = []
            look(at: token, head, NIOLoopBound((self, context), eventLoop: context.eventLoop))
        }
    }

    func read(context: ChannelHandlerContext) {
        guard held == nil else { return readIsHeld = true }
        context.read()
    }

    /// Its keys may have to be fetched, which no loop waits for.
    private func look(
        at token: String, _ head: HTTPRequestHead, _ me: NIOLoopBound<(UpgradeFilter, ChannelHandlerContext)>
    ) {
        let (node, loop) = (upgrader.node, me.eventLoop)
        Task {
            let result = await node.prove(token)
            loop.execute {
                let (filter, context) = me.value
                filter.looked(head, result, context)
            }
        }
    }

    private func looked(
        _ head: HTTPRequestHead, _ result: Result<Proof, TokenFault>, _ context: ChannelHandlerContext
    ) {
        guard context.channel.isActive else { return }
        switch result {
        case .success(let proof): upgrader.ticket.value.proof = proof
        case .failure(let fault):
            guard Introduction.isOfBrowser(head) else { return refuse(fault, context) }
            upgrader.ticket.value.isRefused = true
        }
        pass(head, context)
    }

    private func pass(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if head.headers.contains(name: "upgrade") {
            context.pipeline.syncOperations.removeHandler(faults, promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
        for part in held ?? [] { context.fireChannelRead(part) }
        held = nil
        if readIsHeld { context.read() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// - Parameter fault: nil: there was no token.
    private func refuse(_ fault: TokenFault?, _ context: ChannelHandlerContext) {
        held = held ?? []
        // RFC 6750, section 3.
        let challenge = fault == nil ? "Bearer" : #"Bearer error="invalid_token""#
        faults.refuse(HTTPProblem(fault?.problem ?? .mustAuthenticate), ["www-authenticate": challenge], context)
    }
}
