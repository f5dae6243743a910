internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Makes the connections of a load, on its event loop.
struct Dialer {
    let loop: any EventLoop
    private let target: Target
    private let tls: NIOSSLContext?

    init(_ target: Target, isInsecure: Bool, loop: any EventLoop) throws {
        self.loop = loop
        self.target = target
        guard target.isSecure else {
            tls = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if isInsecure { configuration.certificateVerification = .none }
        tls = try NIOSSLContext(configuration: configuration)
    }

    func connection(of client: Int, for run: LoadRun) -> LoadConnection {
        let key = withUnsafeBytes(of: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))) { Array($0) }
        return LoadConnection(
            client: client, handshake: ClientHandshake(host: target.hostHeader, path: target.path, key: key), run: run)
    }

    /// - Parameter source: the number of the address that it comes from, where there are many.
    func connect(_ connection: LoadConnection, from source: Int) -> EventLoopFuture<any Channel> {
        let (tls, host) = (tls, target.host)
        let bound = NIOLoopBound(connection, eventLoop: loop)
        do {
            var bootstrap = ClientBootstrap(group: loop)
                .connectTimeout(LoadLimits.connectTime)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tls {
                            // An address has no name to be shown (RFC 6066, section 3).
                            let name = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
                            try channel.pipeline.syncOperations.addHandler(
                                NIOSSLClientHandler(context: tls, serverHostname: name))
                        }
                        try channel.pipeline.syncOperations.addHandler(bound.value)
                    }
                }
            if let source = try target.source(source) {
                bootstrap = bootstrap.bind(to: source)
            }
            return bootstrap.connect(to: target.address)
        } catch {
            return loop.makeFailedFuture(error)
        }
    }
}
