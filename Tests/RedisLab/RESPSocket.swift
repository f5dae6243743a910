internal import Foundation

/// One blocking connection to a server of a test, for what the test itself wants to know of it. Independent of the
/// client that is tested. Used by one thread at a time.
public final class RESPSocket {
    /// What a server answers.
    public enum Reply: Equatable, Sendable, CustomStringConvertible {
        case null
        case integer(Int)
        /// A bulk or simple string.
        case text(String)
        case error(String)
        case array([Reply])

        public var description: String {
            switch self {
            case .null: "nil"
            case .integer(let number): String(number)
            case .text(let text): text
            case .error(let text): "ERR: \(text)"
            case .array(let replies): "[" + replies.map(\.description).joined(separator: ", ") + "]"
            }
        }

        public var text: String? { if case .text(let text) = self { text } else { nil } }
        public var integer: Int? { if case .integer(let number) = self { number } else { nil } }
        public var array: [Reply]? { if case .array(let replies) = self { replies } else { nil } }
    }

    private let file: Int32
    private let limit: Duration
    private var bytes: [UInt8] = []
    private var position = 0

    /// - Parameter limit: how long connecting and every reply may take.
    public init(port: Int, limit: Duration = LabWait.limit) throws {
        self.limit = limit
        file = LabSocket.make()
        guard file >= 0 else { throw LabError("no socket: \(errno)") }
        // What throws from here on is closed by `deinit`.
        guard LabSocket.withLoopback(UInt16(port), { connect(file, $0, $1) }) == 0 else {
            throw LabError("cannot connect to \(port): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(file) }

    @discardableResult
    public func command(_ words: [String]) throws -> Reply {
        try send(words)
        return try read()
    }

    public func send(_ words: [String]) throws {
        var request = Array("*\(words.count)\r\n".utf8)
        for word in words { request += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        #if os(Linux)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                #if os(Linux)
                    Glibc.send(file, $0.baseAddress, $0.count, flags)
                #else
                    Darwin.send(file, $0.baseAddress, $0.count, flags)
                #endif
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw LabError("cannot send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// The next reply or pushed message.
    public func read() throws -> Reply {
        let end = ContinuousClock.now + limit
        let line = try readLine(end)
        let rest = String(line.dropFirst())
        switch line.first {
        case "+": return .text(rest)
        case "-": return .error(rest)
        case ":": return .integer(Int(rest) ?? 0)
        case "$":
            guard let count = Int(rest), count >= 0 else { return .null }
            while bytes.count - position < count + 2 { try fill(end) }
            defer { position += count + 2 }
            return .text(String(decoding: bytes[position..<position + count], as: UTF8.self))
        case "*":
            guard let count = Int(rest), count >= 0 else { return .null }
            return .array(try (0..<count).map { _ in try read() })
        default: throw LabError("no reply: \(line)")
        }
    }

    private func readLine(_ end: ContinuousClock.Instant) throws -> String {
        while true {
            if let stop = bytes[position...].firstIndex(of: UInt8(ascii: "\r")), stop + 1 < bytes.count {
                defer { position = stop + 2 }
                return String(decoding: bytes[position..<stop], as: UTF8.self)
            }
            try fill(end)
        }
    }

    private func fill(_ end: ContinuousClock.Instant) throws {
        bytes.removeFirst(position)
        position = 0
        var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        let left = (end - ContinuousClock.now) / Duration.milliseconds(1)
        guard poll(&waiting, 1, Int32(max(0, left.rounded(.up)))) > 0 else { throw LabError("no reply in \(limit)") }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(file, &chunk, chunk.count, 0)
        guard count > 0 else { throw LabError("the connection ended") }
        bytes += chunk[..<count]
    }
}
