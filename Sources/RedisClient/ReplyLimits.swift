internal import RESPCodec

/// What a server may send before it is taken for broken. hiredis bounds none of this itself.
struct ReplyLimits {
    /// The largest reply we ask for is a page of rooms with their snapshots, far below; a server that is not ours, or
    /// gone mad, must not fill the memory.
    var replyBytes = 32 << 20
    /// Refused as soon as it is announced, before its bytes come.
    var bulkBytes = 32 << 20
    /// Status and error lines: those of Redis are a sentence, and a script's error may quote its line.
    var lineBytes = 64 << 10
    /// In all arrays of one reply together: a token of 16 bytes each, and nothing is allocated for those announced.
    var elements = 1_000_000
    /// Where hiredis 0.14 stops by itself is 8, later versions do not stop. Ours are two deep.
    var depth = 7
    /// What the reader keeps of its memory after a large reply.
    var keptBytes = 1 << 20

    var forC: resp_limits {
        resp_limits(
            reply_bytes: replyBytes, bulk_bytes: bulkBytes, line_bytes: lineBytes, elements: elements, depth: depth,
            kept_bytes: keptBytes)
    }
}
