internal import Crypto
internal import Foundation

/// The opening handshake of a client (RFC 6455, section 4.1). Pure; the answer is untrusted.
struct ClientHandshake {
    enum Fault: Error, Equatable {
        /// With the first line of the answer, as far as it can be shown.
        case refused(String)
        case headTooLong
        case notWebSocket
        /// 4.2.2: whoever answered has not read the request.
        case wrongAccept
        /// 4.1: what was never offered.
        case extensionNotOffered
    }

    /// What was asked for, to be sent as it is.
    let request: String
    private let accept: String
    private var head: [UInt8] = []

    /// 1.3.
    private static let acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let headEnd = Array("\r\n\r\n".utf8)

    /// - Parameter key: 16 bytes that no other connection has.
    init(host: String, path: String, key: [UInt8]) {
        let key = Data(key).base64EncodedString()
        request = [
            "GET \(path) HTTP/1.1", "Host: \(host)", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Protocol: parlor.v1", "", "",
        ].joined(separator: "\r\n")
        accept = Data(Insecure.SHA1.hash(data: Data((key + Self.acceptSuffix).utf8))).base64EncodedString()
    }

    /// Takes what was read.
    /// - Returns: what follows the answer, once it is complete and right: the first frames may come with it.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(Fault) -> [UInt8]? {
        head.append(contentsOf: bytes)
        guard let end = head.firstRange(of: Self.headEnd) else {
            guard head.count <= LoadLimits.headBytes else { throw .headTooLong }
            return nil
        }
        try check(String(decoding: head[..<end.lowerBound], as: UTF8.self))
        defer { head = [] }
        return Array(head[end.upperBound...])
    }

    private func check(_ head: String) throws(Fault) {
        let lines = head.components(separatedBy: "\r\n")
        guard lines[0].hasPrefix("HTTP/1.1 101 ") else {
            throw .refused(String(lines[0].filter { $0.isASCII && !$0.isNewline }.prefix(80)))
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw .notWebSocket }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        guard headers["upgrade"]?.lowercased() == "websocket", headers["connection"]?.lowercased() == "upgrade" else {
            throw .notWebSocket
        }
        guard headers["sec-websocket-accept"] == accept else { throw .wrongAccept }
        guard headers["sec-websocket-extensions"] == nil else { throw .extensionNotOffered }
    }
}

extension ClientHandshake.Fault: CustomStringConvertible {
    var description: String {
        switch self {
        case .refused(let line): "the handshake was refused: \(line)"
        case .headTooLong: "the answer to the handshake does not end"
        case .notWebSocket: "the answer to the handshake is not that of a WebSocket"
        case .wrongAccept: "the answer to the handshake has another Sec-WebSocket-Accept than its key gives"
        case .extensionNotOffered: "the server agreed to an extension that was not offered"
        }
    }
}
