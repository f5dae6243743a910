internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Whoever has channels made and hears of them, on its event loop. Every try has a number.
protocol ChannelOwner: AnyObject {
    /// It is known where to connect.
    /// - Returns: false when that try is over.
    func resolved(_ attempt: Int, _ endpoint: Endpoint) -> Bool
    /// TCP is there, and TLS may have to come.
    /// - Returns: false when that try is over.
    func reached(_ attempt: Int) -> Bool
    /// What is written from now on is read by the server.
    func secured(_ attempt: Int)
    func received(_ reader: inout ReplyReader, _ attempt: Int)
    /// The try failed, or its channel ended.
    func lost(_ attempt: Int, _ error: RedisError)
    /// A try or its channel leaves nothing behind.
    func finishedOne()
}

/// Makes the channels of one connection, one after another: where to, TCP, TLS. Lives on its event loop.
final class RedisDialer {
    private let loop: any EventLoop
    private let resolver: EndpointResolver
    private let deadline: TimeAmount
    private let tls: RedisTLS?
    private var channel: (attempt: Int, channel: any Channel)?
    private var unfinished = 0

    init(_ configuration: RedisConfiguration, resolver: EndpointResolver, on loop: any EventLoop) {
        self.loop = loop
        self.resolver = resolver
        deadline = configuration.deadline
        tls = configuration.tls.map(RedisTLS.init)
    }

    /// Whether every try and every channel is over.
    var isIdle: Bool { unfinished == 0 }

    /// To the server of the last try, if it is there.
    func write(_ bytes: ByteBuffer) { channel?.channel.writeAndFlush(bytes, promise: nil) }

    func disconnect(_ attempt: Int) {
        guard let channel, channel.attempt == attempt else { return }
        self.channel = nil
        channel.channel.close(promise: nil)
    }

    func connect(_ attempt: Int, for owner: any ChannelOwner) {
        unfinished += 1
        resolver.resolve(loop).hop(to: loop).assumeIsolated().whenComplete { self.resolved(attempt, $0, owner) }
    }

    private func resolved(_ attempt: Int, _ endpoint: Result<Endpoint, any Error>, _ owner: any ChannelOwner) {
        switch endpoint {
        case .failure(let error): failed(attempt, error, owner)
        case .success(let endpoint):
            guard owner.resolved(attempt, endpoint) else { return finishedOne(owner) }
            reach(endpoint.address).assumeIsolated().whenComplete { self.reached(attempt, $0, owner) }
        }
    }

    private func reach(_ address: RedisConfiguration.Address) -> EventLoopFuture<any Channel> {
        guard let tls else { return dial(address, nil) }
        let me = NIOLoopBound(self, eventLoop: loop)
        return tls.makeContext(on: loop).flatMap { me.value.dial(address, $0) }
    }

    private func dial(_ address: RedisConfiguration.Address, _ context: NIOSSLContext?) -> EventLoopFuture<any Channel>
    {
        ClientBootstrap(group: loop)
            .connectTimeout(deadline)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let name = RedisTLS.serverName(address.host)
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: name)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(RedisChannelHandler())
                }
            }
            .connect(host: address.host, port: address.port)
    }

    private func reached(_ attempt: Int, _ result: Result<any Channel, any Error>, _ owner: any ChannelOwner) {
        switch result {
        case .failure(let error): failed(attempt, error, owner)
        case .success(let channel):
            channel.closeFuture.assumeIsolated().whenComplete { _ in self.finishedOne(owner) }
            guard channel.isActive,
                let handler = try? channel.pipeline.syncOperations.handler(type: RedisChannelHandler.self),
                owner.reached(attempt)
            else {
                channel.close(promise: nil)
                return owner.lost(attempt, RedisError(.unreachable, "the server ended the connection"))
            }
            handler.attach(owner, attempt: attempt)
            self.channel = (attempt, channel)
            if tls == nil || handler.isSecured { owner.secured(attempt) }
        }
    }

    private func failed(_ attempt: Int, _ error: any Error, _ owner: any ChannelOwner) {
        tls?.forget()
        finishedOne(owner)
        owner.lost(attempt, RedisError(connecting: error))
    }

    private func finishedOne(_ owner: any ChannelOwner) {
        unfinished -= 1
        owner.finishedOne()
    }
}
