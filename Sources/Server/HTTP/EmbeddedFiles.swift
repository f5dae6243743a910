internal import NIOCore
internal import Web

/// The files inside the executable, where the C target has put them.
enum EmbeddedFiles {
    static var all: [(name: String, content: ByteBuffer)] {
        (0..<parlor_page_count).map { index in
            let page = unsafe parlor_page_at(index)
            let bytes = unsafe UnsafeRawBufferPointer(start: page.bytes, count: Int(page.count))
            return (unsafe String(cString: page.name), unsafe ByteBuffer(bytes: bytes))
        }
    }
}
