internal import Foundation
internal import NIOCore
internal import NIOPosix

/// The connections of a proxy. Used on its event loop alone.
final class FaultProxyState {
    private struct Waiter {
        let number: Int
        let fact: (FaultProxyState) -> Bool
        let promise: EventLoopPromise<Void>
    }

    let loop: any EventLoop
    private let server: Int
    var listener: (any Channel)?
    var links: [Int: FaultyLink] = [:]
    private(set) var accepted = 0
    /// What happens to new connections too.
    private var faults: [FaultProxy.Direction: FaultyPipe.Fault] = [:]
    private var waiters: [Waiter] = []
    private var lastWaiter = 0

    init(server: Int, loop: any EventLoop) {
        self.server = server
        self.loop = loop
    }

    func accept(_ client: any Channel) {
        accepted += 1
        let number = accepted
        let link = FaultyLink(client: client, faults: faults) { [weak self] in self?.check() }
        links[number] = link
        client.closeFuture.assumeIsolated().whenComplete { [weak self] _ in self?.forgetIfOver(number) }
        do { try client.pipeline.syncOperations.addHandler(LinkEnd(link, .toServer)) } catch {
            client.close(promise: nil)
        }
        let bound = NIOLoopBound(link, eventLoop: loop)
        let connecting = ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LinkEnd(bound.value, .toClient))
                }
            }
            .connect(host: "127.0.0.1", port: server)
        connecting.assumeIsolated().whenComplete { [weak self] result in
            switch result {
            case .success(let channel):
                link.server = channel
                channel.closeFuture.assumeIsolated().whenComplete { _ in self?.forgetIfOver(number) }
                link.pump(.toServer)
            // As if the server's own port had been called.
            case .failure: _ = link.cut(.reset)
            }
        }
        check()
    }

    private func forgetIfOver(_ number: Int) {
        guard let link = links[number], link.isOver else { return }
        links[number] = nil
        check()
    }

    func set(_ fault: FaultyPipe.Fault, _ directions: [FaultProxy.Direction]) {
        for direction in directions {
            faults[direction] = fault
            for link in links.values { link.set(fault, direction) }
        }
    }

    func silence() {
        for link in links.values { link.silence() }
    }

    func cut(_ cut: FaultProxy.Cut) -> [EventLoopFuture<Void>] { links.values.flatMap { $0.cut(cut) } }

    func wait(_ what: String, until fact: @escaping (FaultProxyState) -> Bool) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        lastWaiter += 1
        let number = lastWaiter
        waiters.append(Waiter(number: number, fact: fact, promise: promise))
        let limit = TimeAmount(LabWait.limit)
        let timer = loop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            self?.waiters.removeAll { $0.number == number }
            promise.fail(LabError("not in \(LabWait.limit): \(what)"))
        }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        check()
        return promise.futureResult
    }

    private func check() {
        let met = waiters.filter { $0.fact(self) }
        waiters.removeAll { waiter in met.contains { $0.number == waiter.number } }
        for waiter in met { waiter.promise.succeed() }
    }
}

/// One connection of a client and the one to the server that goes with it.
final class FaultyLink {
    /// Between the bytes of a chopped stream, so that each is likely to be read alone.
    private static let chopPause = TimeAmount.microseconds(50)

    private let client: any Channel
    /// nil: not there yet.
    var server: (any Channel)?
    private(set) var pipes: [FaultProxy.Direction: FaultyPipe] = [:]
    private var isSilent = false
    private let onChange: () -> Void

    init(
        client: any Channel, faults: [FaultProxy.Direction: FaultyPipe.Fault], onChange: @escaping () -> Void
    ) {
        self.client = client
        self.onChange = onChange
        for direction in FaultProxy.Direction.allCases {
            var pipe = FaultyPipe()
            pipe.fault = faults[direction] ?? .none
            pipes[direction] = pipe
        }
    }

    var isOver: Bool { !client.isActive && server?.isActive != true }

    func received(_ bytes: ByteBuffer, _ direction: FaultProxy.Direction) {
        pipes[direction]?.received(bytes)
        pump(direction)
        onChange()
    }

    func ended(_ direction: FaultProxy.Direction) {
        pipes[direction]?.ended()
        pump(direction)
    }

    func set(_ fault: FaultyPipe.Fault, _ direction: FaultProxy.Direction) {
        guard !isSilent else { return }
        pipes[direction]?.fault = fault
        pump(direction)
    }

    func silence() {
        for direction in FaultProxy.Direction.allCases { set(.hold, direction) }
        isSilent = true
    }

    func cut(_ cut: FaultProxy.Cut) -> [EventLoopFuture<Void>] {
        [client, server].compactMap(\.self).map { channel in
            if cut == .reset, let socket = channel as? any SocketOptionProvider {
                _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            }
            return channel.close()
        }
    }

    /// Sends on what may go on.
    func pump(_ direction: FaultProxy.Direction) {
        guard let channel = direction == .toServer ? server : client else { return }
        while let output = pipes[direction]?.next() {
            switch output {
            case .end:
                // After all that went before.
                channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
            case .bytes(let bytes):
                channel.writeAndFlush(bytes, promise: nil)
                guard pipes[direction]?.fault == .chop else { continue }
                client.eventLoop.assumeIsolated().scheduleTask(in: Self.chopPause) { self.pump(direction) }
                return
            }
        }
    }
}

/// Tells a link what comes in at one of its ends.
final class LinkEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: FaultyLink
    private let direction: FaultProxy.Direction

    init(_ link: FaultyLink, _ direction: FaultProxy.Direction) {
        self.link = link
        self.direction = direction
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { link.received(unwrapInboundIn(data), direction) }

    func channelInactive(context: ChannelHandlerContext) { link.ended(direction) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
