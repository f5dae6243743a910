import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server that hands out a JWK set, well or badly.
final class KeyServer: Sendable {
    enum Behaviour: Sendable {
        case answer(String)
        case fail
        case hang
        /// A head that promises more, and a byte now and then.
        case drip
        case redirect(to: String)
    }

    private let state = Mutex((behaviour: Behaviour.fail, requests: 0))
    private let channel: any Channel

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/keys" }
    var requests: Int { state.withLock { $0.requests } }

    private init(_ channel: any Channel) { self.channel = channel }

    func behave(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    static func set(_ keys: SigningKey...) -> String {
        #"{"keys":[\#(keys.map { $0.publicJWK() }.joined(separator: ","))]}"#
    }

    static func run(_ behaviour: Behaviour, _ test: (KeyServer) async throws -> Void) async throws {
        let current = Current()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(current))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = KeyServer(channel)
        server.behave(behaviour)
        current.server.withLock { $0 = server }
        do {
            try await test(server)
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    /// A port that nobody listens on now. Below those that the system gives to connections and to other tests' servers, and
    /// never bound here: a process that is being started meanwhile would hold on to it.
    static func freePort() async throws -> Int {
        while true {
            let port = Int.random(in: 20_000..<32_000)
            let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() else { return port }
            try await channel.close()
        }
    }

    fileprivate func asked() -> Behaviour {
        state.withLock { state in
            state.requests += 1
            return state.behaviour
        }
    }
}

/// The server that a connection is of, which is made after its channel.
private final class Current: Sendable {
    let server = Mutex<KeyServer?>(nil)
}

private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let current: Current

    init(_ current: Current) { self.current = current }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data), let server = current.server.withLock({ $0 }) else { return }
        switch server.asked() {
        case .answer(let text): answer(.ok, [:], text, context)
        case .fail: answer(.internalServerError, [:], "", context)
        case .redirect(let url): answer(.found, ["location": url], "", context)
        case .hang: break
        case .drip:
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "1000"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let me = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(200)) { _ in
                let (handler, context) = me.value
                context.writeAndFlush(
                    handler.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: " ")))), promise: nil)
            }
        }
    }

    private func answer(
        _ status: HTTPResponseStatus, _ headers: [String: String], _ body: String, _ context: ChannelHandlerContext
    ) {
        let all = HTTPHeaders(headers.map { ($0.key, $0.value) } + [("content-length", "\(body.utf8.count)")])
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: all))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
