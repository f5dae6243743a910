internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// TLS towards Redis, as configured. Lives on the connection's event loop.
final class RedisTLS {
    private let files: RedisConfiguration.TLS
    private var context: NIOSSLContext?

    init(_ files: RedisConfiguration.TLS) { self.files = files }

    /// Certificates are read on another thread, and again after a try that failed: they may have been renewed.
    func makeContext(on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        if let context { return loop.makeSucceededFuture(context) }
        let me = NIOLoopBound(self, eventLoop: loop)
        let files = files
        return NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try Self.read(files) }.map { context in
            me.value.context = context
            return context
        }
    }

    func forget() { context = nil }

    private static func read(_ files: RedisConfiguration.TLS) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .fullVerification
        // A server that hangs says no goodbye; nobody shall wait for it.
        configuration.shutdownTimeout = .milliseconds(100)
        if let file = files.certificateAuthority { configuration.trustRoots = .file(file) }
        if let file = files.certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
        }
        if let file = files.key {
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// Names are sent so that the server can choose its certificate; an address may not be, and is compared all the same.
    static func serverName(_ host: String) -> String? {
        (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }
}
