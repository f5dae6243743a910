internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// Turns a request for `/ws` into a ``Connection``. NIO's own upgrader always adds a frame encoder and decoder to the
/// pipeline; a connection is both, so this one adds none.
final class WebSocketUpgrader: NIOTypedHTTPServerProtocolUpgrader, Sendable {
    let supportedProtocol = "websocket"
    /// The headers are checked here: listed, NIO would want their names in the `Connection` header, where nobody puts
    /// them.
    let requiredUpgradeHeaders: [String] = []

    static let subprotocol = "parlor.v1"
    private static let path = "/ws"

    let node: Node
    /// Of this connection, whose upgrader this is.
    let ticket: NIOLoopBoundBox<Ticket>

    init(node: Node, ticket: NIOLoopBoundBox<Ticket>) {
        self.node = node
        self.ticket = ticket
    }

    /// - Precondition: ``UpgradeFilter`` has let the request through.
    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest head: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        let headers = WebSocketHandshake.response(to: head, initialResponseHeaders, subprotocol: Self.subprotocol)
        return channel.eventLoop.makeSucceededFuture(headers)
    }

    func upgrade(channel: any Channel, upgradeRequest head: HTTPRequestHead) -> EventLoopFuture<ListenerChannel.Upgrade>
    {
        let address = node.gatekeeper.address(
            of: channel.remoteAddress, forwarded: head.headers["x-forwarded-for"].joined(separator: ","))
        let gameType = Self.query(of: head.uri, "game")
        let ticket = ticket.value
        let admission = channel.eventLoop.makePromise(of: Admission.self)
        if ticket.isRefused {
            admission.succeed(.badToken)
        } else if node.door.admits(handshakeFrom: address) {
            node.clients.post(.arrived(address, ticket.proof, admission))
        } else {
            admission.succeed(.tooMany)
        }
        let opened = admission.futureResult.flatMapThrowing { [node] admission in
            guard let hub = node.hub(on: channel.eventLoop) else {
                throw WebSocketHandshake.Refused()
            }
            try channel.pipeline.syncOperations.addHandler(
                Connection(
                    node: node, hub: hub,
                    arrival: .init(
                        address: address, gameType: gameType, admission: admission, proof: ticket.proof)))
            return admission == .admitted ? ListenerChannel.Upgrade.socket : .refusedSocket
        }
        // A connection may end while it is let in; it would count for ever.
        opened.whenFailure { [node] _ in
            admission.futureResult.whenSuccess { admission in
                if admission == .admitted { node.clients.post(.turnedBack(address)) }
            }
        }
        return opened
    }

    /// Whether this request is to become a socket.
    func accepts(_ head: HTTPRequestHead) -> Bool {
        guard head.uri == Self.path || head.uri.hasPrefix(Self.path + "?"), WebSocketHandshake.isAskedFor(by: head)
        else { return false }
        return node.gatekeeper.refusal(of: Visit(head)) == nil
    }

    static func query(of uri: String, _ name: String) -> String? {
        URLComponents(string: uri)?.queryItems?.first { $0.name == name }?.value
    }
}
