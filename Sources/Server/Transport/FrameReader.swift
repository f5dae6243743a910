internal import NIOCore

/// What was read from one socket and not looked at yet, and the decoder that takes it one event at a time: whoever has
/// enough for now leaves the rest here.
struct FrameReader {
    private var decoder: FrameDecoder
    private var unread = ByteBuffer()

    init(_ bounds: FrameDecoder.Bounds) { decoder = FrameDecoder(bounds) }

    mutating func append(_ bytes: ByteBuffer) {
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            unread.writeImmutableBuffer(bytes)
        }
    }

    /// - Returns: nil when all that was read is taken.
    mutating func next() throws(FrameFault) -> FrameDecoder.Event? {
        guard unread.readableBytes > 0 else { return nil }
        do throws(FrameFault) {
            let event = try unread.readWithUnsafeReadableBytes { bytes throws(FrameFault) in
                try decoder.next(in: bytes)
            }
            if unread.readableBytes == 0 { unread = ByteBuffer() }
            return event
        } catch {
            unread = ByteBuffer()
            throw error
        }
    }
}
