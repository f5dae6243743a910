import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Testing

/// What a test waits for and does not get.
struct Missing: Error, CustomStringConvertible {
    let description: String
}

/// One WebSocket of a test: sends what it is told, and keeps what comes until it is asked for.
struct TestClient: Sendable {
    enum Event: Sendable, Equatable {
        case text(String)
        case close(UInt16?)
        case ended
    }

    /// Longer than anything takes, on a busy machine too.
    static let patience = TimeAmount.seconds(30)

    let channel: any Channel
    /// The headers of the answer to the upgrade.
    let headers: HTTPHeaders
    private let inbox: NIOLoopBound<Inbox>

    /// Connects and upgrades, and reads nothing yet.
    /// - Parameter receiveBuffer: what its system takes while nobody reads; nil: as much as it likes.
    static func open(
        port: Int, path: String = "/ws", headers: [(String, String)] = [], receiveBuffer: Int? = nil
    ) async throws -> TestClient {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(patience)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: numericCast(receiveBuffer))
        }
        let upgrade = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try configure(channel, path, HTTPHeaders([("host", "127.0.0.1:\(port)")] + headers))
            }
        }
        guard let client = try await upgrade.get() else { throw Missing(description: "no upgrade") }
        return client
    }

    private static func configure(
        _ channel: any Channel, _ path: String, _ headers: HTTPHeaders
    ) throws -> EventLoopFuture<TestClient?> {
        let upgrader = NIOTypedWebSocketClientUpgrader<TestClient?>(maxFrameSize: 1 << 20) { channel, head in
            channel.eventLoop.makeCompletedFuture {
                let inbox = Inbox(loop: channel.eventLoop)
                try channel.pipeline.syncOperations.addHandler(inbox)
                return TestClient(
                    channel: channel, headers: head.headers,
                    inbox: NIOLoopBound(inbox, eventLoop: channel.eventLoop))
            }
        }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
        let upgrades = NIOTypedHTTPClientUpgradeConfiguration<TestClient?>(
            upgradeRequestHead: head, upgraders: [upgrader]
        ) { channel in
            channel.close().map { nil }
        }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrades)
        // The welcome may come in one packet with the answer to the upgrade.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
    }

    // MARK: Sending

    func send(_ text: String) async throws { try await send(frame: .text, Array(text.utf8)) }

    /// Sends messages in as few packets as they fit in.
    func send(together texts: [String]) async throws {
        for text in texts {
            channel.write(
                WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text)),
                promise: nil)
        }
        channel.flush()
    }

    /// Sends any frame, masked and complete as the protocol wants it or not.
    func send(frame opcode: WebSocketOpcode, _ payload: [UInt8], masked: Bool = true, fin: Bool = true) async throws {
        let frame = WebSocketFrame(
            fin: fin, opcode: opcode, maskKey: masked ? .random() : nil, data: ByteBuffer(bytes: payload))
        try await channel.writeAndFlush(frame)
    }

    func close() async throws { try await channel.close() }

    /// From now on nothing is taken from the socket, or all of it again.
    func read(_ reads: Bool) async throws { try await channel.setOption(.autoRead, value: reads).get() }

    // MARK: Receiving

    func event(within time: TimeAmount = patience) async throws -> Event {
        let inbox = inbox
        return try await channel.eventLoop.flatSubmit { inbox.value.take(within: time) }.get()
    }

    /// The next message.
    func next() async throws -> JSON {
        guard case .text(let text) = try await event() else { throw Missing(description: "closed, not a message") }
        return try JSON(text)
    }

    /// The next message, which must be of that type.
    @discardableResult
    func expect(_ type: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSON {
        let message = try await next()
        try #require(message.type == type, "\(message)", sourceLocation: sourceLocation)
        return message
    }

    /// The next message of that type, whatever comes before it.
    @discardableResult
    func skip(to type: String, where isWanted: (JSON) -> Bool = { _ in true }) async throws -> JSON {
        while true {
            let message = try await next()
            if message.type == type, isWanted(message) { return message }
        }
    }

    /// Everything up to the first message of that type, and that message.
    func collect(through type: String, where isWanted: (JSON) -> Bool = { _ in true }) async throws -> [JSON] {
        var messages: [JSON] = []
        while true {
            let message = try await next()
            messages.append(message)
            if message.type == type, isWanted(message) { return messages }
        }
    }

    /// The code with which the server closes, whatever it says before.
    func closeCode() async throws -> UInt16? {
        while true {
            switch try await event() {
            case .text: continue
            case .close(let code): return code
            case .ended: throw Missing(description: "ended without a close frame")
            }
        }
    }

    /// Shows that nothing is on its way to this client, and that the connection lives.
    func expectQuiet(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await send(#"{"type":"ping","id":"quiet"}"#)
        let pong = try await expect("pong", sourceLocation: sourceLocation)
        #expect(pong["id"] == "quiet", sourceLocation: sourceLocation)
    }
}

/// The end of a client's pipeline: hands out what comes in, one by one, to whoever waits.
private final class Inbox: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let loop: any EventLoop
    private var events: [TestClient.Event] = []
    private var waiting: EventLoopPromise<TestClient.Event>?

    init(loop: any EventLoop) { self.loop = loop }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        var payload = frame.unmaskedData
        switch frame.opcode {
        case .text: add(.text(String(buffer: payload)))
        case .connectionClose: add(.close(payload.readInteger()))
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: payload)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { add(.ended) }

    func take(within time: TimeAmount) -> EventLoopFuture<TestClient.Event> {
        guard events.isEmpty else { return loop.makeSucceededFuture(events.removeFirst()) }
        let promise = loop.makePromise(of: TestClient.Event.self)
        waiting = promise
        let me = NIOLoopBound(self, eventLoop: loop)
        let timeout = loop.scheduleTask(in: time) {
            me.value.waiting = nil
            promise.fail(Missing(description: "nothing came in time"))
        }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        return promise.futureResult
    }

    private func add(_ event: TestClient.Event) {
        if let waiting {
            self.waiting = nil
            waiting.succeed(event)
        } else {
            events.append(event)
        }
    }
}
