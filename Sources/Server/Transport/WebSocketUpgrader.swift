internal import Crypto
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Turns a request for `/ws` into a ``Connection`` (RFC 6455, section 4.2). NIO's own upgrader always adds a frame encoder
/// to the pipeline; our frames are made once and shared, so this one adds none.
final class WebSocketUpgrader: NIOTypedHTTPServerProtocolUpgrader, Sendable {
    let supportedProtocol = "websocket"
    /// The headers are checked here: listed, NIO would want their names in the `Connection` header, where nobody puts
    /// them.
    let requiredUpgradeHeaders: [String] = []

    static let subprotocol = "parlor.v1"
    private static let path = "/ws"
    /// RFC 6455, section 1.3.
    private static let acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    private let node: Node

    init(node: Node) { self.node = node }

    /// - Precondition: ``UpgradeFilter`` has let the request through.
    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest head: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        channel.eventLoop.makeSucceededFuture(response(to: head, initialResponseHeaders))
    }

    func upgrade(channel: any Channel, upgradeRequest head: HTTPRequestHead) -> EventLoopFuture<ListenerChannel.Upgrade>
    {
        let address = node.gatekeeper.address(
            of: channel.remoteAddress, forwarded: head.headers["x-forwarded-for"].joined(separator: ","))
        let gameType = Self.query(of: head.uri, "game")
        let admission = channel.eventLoop.makePromise(of: Bool.self)
        node.clients.post(.arrived(address, admission))
        return admission.futureResult.flatMapThrowing { [node] isAdmitted in
            guard let hub = node.hub(on: channel.eventLoop) else {
                throw NIOWebSocketUpgradeError.unsupportedWebSocketTarget
            }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Limits.messageBytes)))
            try pipeline.addHandler(FrameGuard())
            try pipeline.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: Limits.fragments,
                    maxAccumulatedFrameSize: Limits.messageBytes))
            try pipeline.addHandler(
                Connection(
                    node: node, hub: hub,
                    arrival: .init(address: address, gameType: gameType, isAdmitted: isAdmitted)))
            return .socket
        }
    }

    /// Whether this request is to become a socket.
    func accepts(_ head: HTTPRequestHead) -> Bool {
        guard head.method == .GET, head.uri == Self.path || head.uri.hasPrefix(Self.path + "?"),
            head.headers["sec-websocket-version"] == ["13"], head.headers["sec-websocket-key"].count == 1,
            let key = head.headers.first(name: "sec-websocket-key"), Data(base64Encoded: key)?.count == 16
        else { return false }
        let host = head.headers.first(name: "host")
        return node.gatekeeper.refusal(host: host, origin: head.headers.first(name: "origin")) == nil
    }

    private func response(to head: HTTPRequestHead, _ initial: HTTPHeaders) -> HTTPHeaders {
        var headers = initial
        let key = head.headers.first(name: "sec-websocket-key") ?? ""
        let digest = Insecure.SHA1.hash(data: Data((key + Self.acceptSuffix).utf8))
        headers.replaceOrAdd(name: "upgrade", value: "websocket")
        headers.replaceOrAdd(name: "connection", value: "upgrade")
        headers.replaceOrAdd(name: "sec-websocket-accept", value: Data(digest).base64EncodedString())
        if head.headers[canonicalForm: "sec-websocket-protocol"].contains(Self.subprotocol[...]) {
            headers.replaceOrAdd(name: "sec-websocket-protocol", value: Self.subprotocol)
        }
        return headers
    }

    private static func query(of uri: String, _ name: String) -> String? {
        URLComponents(string: uri)?.queryItems?.first { $0.name == name }?.value
    }
}
