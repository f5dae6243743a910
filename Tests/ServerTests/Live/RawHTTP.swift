import NIOCore
import NIOPosix

/// The answer to one HTTP request.
struct HTTPAnswer: Sendable {
    let status: Int
    /// By name in lower case.
    let headers: [String: String]
    let body: String

    var json: JSON { (try? JSON(body)) ?? .null }

    init(_ text: String) throws {
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = parts[0].split(separator: "\r\n")
        guard parts.count == 2, let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Missing(description: "no HTTP answer: \(text.prefix(200))") }
        self.status = status
        let pairs = lines.dropFirst().map { line in
            let pair = line.split(separator: ":", maxSplits: 1)
            return (pair[0].lowercased(), String(pair.last?.drop { $0 == " " } ?? ""))
        }
        headers = Dictionary(pairs) { first, _ in first }
        body = String(parts[1])
    }
}

extension TestServer {
    /// Sends one request as it stands and reads until the server closes.
    func http(
        _ method: String, _ path: String, host: String? = nil, headers: [(String, String)] = [], body: String = ""
    ) async throws -> HTTPAnswer {
        let all = [("Host", host ?? "127.0.0.1:\(port)"), ("Content-Length", "\(body.utf8.count)")] + headers
        let isUpgrade = headers.contains { $0.0 == "Upgrade" }
        let lines = all + (isUpgrade ? [] : [("Connection", "close")])
        let head = "\(method) \(path) HTTP/1.1\r\n" + lines.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        return try await raw(head + body, isUpgrade: isUpgrade)
    }

    /// Sends bytes as they stand and reads the answer, which ends with the connection.
    /// - Parameter isUpgrade: the connection may stay open behind the answer.
    func raw(_ request: String, isUpgrade: Bool = false) async throws -> HTTPAnswer {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            // A server that refuses may have answered before it was asked.
            try? await outbound.write(ByteBuffer(string: request))
            var text = ByteBuffer()
            for try await part in inbound {
                text.writeImmutableBuffer(part)
                // A refused upgrade leaves the connection open.
                if isUpgrade, let answer = try? HTTPAnswer(String(buffer: text)), answer.isComplete { return answer }
            }
            return try HTTPAnswer(String(buffer: text))
        }
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> HTTPAnswer {
        try await http("GET", path, headers: headers)
    }

    /// A request that asks to be upgraded, and its answer.
    func upgrade(host: String? = nil, headers: [(String, String)] = []) async throws -> HTTPAnswer {
        let asking = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        return try await http("GET", "/ws", host: host, headers: asking + headers)
    }
}

extension HTTPAnswer {
    fileprivate var isComplete: Bool {
        status == 101 || body.utf8.count >= headers["content-length"].flatMap { Int($0) } ?? .max
    }
}
