internal import NIOCore
internal import RESPCodec

/// Replies out of bytes: `read` what came, take replies by `next` until there is none, then `finish`.
///
/// Safe: the pointers are those of its own reader, which lives as long as it does, and tokens are read only between
/// `read` and `finish`, as many as the complete replies have.
@safe struct ReplyReader: ~Copyable {
    typealias Reply = Result<RedisValue, RedisError>

    private let reader: OpaquePointer?
    private var batch = unsafe resp_batch()
    private var token = 0
    private var byte = 0
    /// How many `next` still has.
    private(set) var left = 0

    init(_ limits: ReplyLimits = ReplyLimits()) { unsafe reader = resp_reader_create(limits.forC) }

    deinit { unsafe resp_reader_free(reader) }

    mutating func read(_ bytes: ByteBuffer) {
        guard let reader = unsafe reader else { return }
        unsafe batch = bytes.withUnsafeReadableBytes { bytes in
            unsafe resp_reader_read(reader, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
        }
        left = unsafe batch.replies
    }

    /// The next complete reply.
    mutating func next() -> Reply? {
        guard left > 0 else { return nil }
        left -= 1
        if unsafe batch.tokens[token].kind == RESP_ERROR { return .failure(error()) }
        return .success(value())
    }

    /// Forgets the replies that were read.
    /// - Throws: `protocolViolation` when what came is no RESP2 or beyond its bounds; nothing can be read any more.
    mutating func finish() throws(RedisError) {
        guard let reader = unsafe reader else { throw RedisError(.protocolViolation, "no memory for replies") }
        let failure = unsafe batch.failure
        unsafe resp_reader_drop(reader)
        unsafe batch = resp_batch()
        (token, byte, left) = (0, 0, 0)
        if failure != RESP_FINE { throw RedisError(.protocolViolation, failure.reason) }
    }

    private mutating func value() -> RedisValue {
        let kind = unsafe batch.tokens[token].kind
        switch kind {
        case RESP_BULK: return .bytes(unsafe Array(text()))
        case RESP_STATUS: return .status(unsafe String(decoding: text(), as: UTF8.self))
        case RESP_INTEGER:
            defer { token += 1 }
            return .integer(unsafe batch.tokens[token].integer)
        case RESP_ARRAY: return .array(elements())
        case RESP_ERROR: return .error(error())
        default:
            token += 1
            return .null
        }
    }

    private mutating func elements() -> [RedisValue] {
        let count = Int(unsafe batch.tokens[token].length)
        token += 1
        var elements: [RedisValue] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(value()) }
        return elements
    }

    private mutating func error() -> RedisError { unsafe RedisError(reply: text()) }

    private mutating func text() -> UnsafeBufferPointer<UInt8> {
        let length = Int(unsafe batch.tokens[token].length)
        let text = unsafe UnsafeBufferPointer(start: batch.bytes + byte, count: length)
        token += 1
        byte += length
        return unsafe text
    }
}

extension resp_failure {
    fileprivate var reason: String {
        switch self {
        case RESP_UNTERMINATED: "a text that does not end where it should"
        case RESP_BULK_TOO_LONG: "a text that is too long"
        case RESP_LINE_TOO_LONG: "a line that is too long"
        case RESP_REPLY_TOO_LONG: "a reply that is too long"
        case RESP_TOO_MANY_ELEMENTS: "a reply of too many elements"
        case RESP_TOO_DEEP: "a reply that is nested too deeply"
        case RESP_NOT_RESP2: "a reply that is not of RESP2"
        case RESP_NO_MEMORY: "no memory for a reply"
        default: "not the protocol of Redis"
        }
    }
}
