internal import CZlib

/// zlib's compression (RFC 1950) of what is kept for long and seldom read: the archives of rooms.
enum Deflate {
    /// - Returns: the length of `bytes` as four bytes, highest first, and the compressed stream.
    /// - Precondition: `bytes` are fewer than 2^32.
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let header = withUnsafeBytes(of: UInt32(bytes.count).bigEndian, Array.init)
        var length = compressBound(uLong(bytes.count))
        let stream = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            // Only too small a buffer could make it fail, and this one holds the worst case.
            _ = CZlib.compress(buffer.baseAddress, &length, bytes, uLong(bytes.count))
            count = Int(length)
        }
        return header + stream
    }

    /// - Parameter bytes: what ``compress(_:)`` made; out of a file, and so not to be trusted.
    /// - Throws: `corrupt` when it is something else, or would become more than `limit` bytes.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(StoreError) -> [UInt8] {
        let fault = StoreError(.corrupt, "what was compressed cannot be read")
        guard bytes.count >= 4 else { throw fault }
        let expected = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard expected <= limit else { throw fault }
        let stream = Array(bytes[4...])
        var length = uLong(expected)
        var status = Z_OK
        let result = [UInt8](unsafeUninitializedCapacity: expected) { buffer, count in
            status = uncompress(buffer.baseAddress, &length, stream, uLong(stream.count))
            count = status == Z_OK ? Int(length) : 0
        }
        guard status == Z_OK, result.count == expected else { throw fault }
        return result
    }
}
