import Testing

@testable import LoadGenerator

@Suite struct ClientHandshakeTests {
    /// RFC 6455, section 1.3.
    private static let right = [
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    ]

    private static func handshake() -> ClientHandshake {
        ClientHandshake(host: "127.0.0.1:8080", path: "/ws", key: Array("the sample nonce".utf8))
    }

    private static func take(_ handshake: inout ClientHandshake, _ text: String) throws(ClientHandshake.Fault)
        -> [UInt8]?
    {
        try Array(text.utf8).withUnsafeBufferPointer { bytes throws(ClientHandshake.Fault) in
            try handshake.take(UnsafeRawBufferPointer(bytes))
        }
    }

    @Test func `the request says what a server needs`() {
        let request = Self.handshake().request
        #expect(request.hasPrefix("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"))
        #expect(request.contains("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
        #expect(request.hasSuffix("\r\n\r\n"))
    }

    @Test func `the right answer, in pieces, with the first frame behind it`() throws {
        var handshake = Self.handshake()
        let text = Self.right.joined(separator: "\r\n") + "\r\n\r\n"
        #expect(try Self.take(&handshake, String(text.prefix(20))) == nil)
        #expect(try Self.take(&handshake, text.dropFirst(20) + "frame") == Array("frame".utf8))
    }

    @Test func `names of headers in any case`() throws {
        var handshake = Self.handshake()
        let text = Self.right.map { $0.replacing("Sec-WebSocket", with: "sec-websocket") }.joined(separator: "\r\n")
        #expect(try Self.take(&handshake, text + "\r\n\r\n") == [])
    }

    @Test(arguments: [
        (0, "HTTP/1.1 401 Unauthorized", ClientHandshake.Fault.refused("HTTP/1.1 401 Unauthorized")),
        (0, "HTTP/1.0 101 Switching Protocols", .refused("HTTP/1.0 101 Switching Protocols")),
        (1, "Upgrade: h2c", .notWebSocket), (2, "Connection: close", .notWebSocket), (2, "no header", .notWebSocket),
        (3, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=", .wrongAccept), (3, "Server: any", .wrongAccept),
        (
            3, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate",
            .extensionNotOffered
        ),
    ])
    func `wrong answers`(line: Int, text: String, fault: ClientHandshake.Fault) {
        var lines = Self.right
        lines[line] = text
        var handshake = Self.handshake()
        #expect(throws: fault) { try Self.take(&handshake, lines.joined(separator: "\r\n") + "\r\n\r\n") }
    }

    @Test func `an answer without an end`() {
        var handshake = Self.handshake()
        #expect(throws: ClientHandshake.Fault.headTooLong) {
            try Self.take(&handshake, "HTTP/1.1 101 " + String(repeating: "x", count: LoadLimits.headBytes))
        }
    }
}
