internal import Crypto
internal import Foundation
internal import NIOHTTP1

/// The opening handshake (RFC 6455, section 4.2): what a request must say to become a socket, and what it is answered.
enum WebSocketHandshake {
    /// A request that was let through by its headers, but whose server cannot take it.
    struct Refused: Error {}

    /// 1.3.
    private static let acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Whether a request has all that a handshake needs. Its host, origin and path are somebody else's to judge.
    static func isAskedFor(by head: HTTPRequestHead) -> Bool {
        guard head.method == .GET, head.headers["sec-websocket-version"] == ["13"],
            head.headers["sec-websocket-key"].count == 1,
            let key = head.headers.first(name: "sec-websocket-key"), Data(base64Encoded: key)?.count == 16
        else { return false }
        return true
    }

    /// - Parameter subprotocol: selected if the client offers it. An extension never is.
    static func response(
        to head: HTTPRequestHead, _ initial: HTTPHeaders, subprotocol: String? = nil
    ) -> HTTPHeaders {
        var headers = initial
        let key = head.headers.first(name: "sec-websocket-key") ?? ""
        let digest = Insecure.SHA1.hash(data: Data((key + acceptSuffix).utf8))
        headers.replaceOrAdd(name: "upgrade", value: "websocket")
        headers.replaceOrAdd(name: "connection", value: "upgrade")
        headers.replaceOrAdd(name: "sec-websocket-accept", value: Data(digest).base64EncodedString())
        if let subprotocol, head.headers[canonicalForm: "sec-websocket-protocol"].contains(subprotocol[...]) {
            headers.replaceOrAdd(name: "sec-websocket-protocol", value: subprotocol)
        }
        return headers
    }
}
