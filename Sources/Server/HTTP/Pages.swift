internal import Crypto
internal import Foundation
internal import NIOCore

/// The files that browsers get: the ones in the executable, and before them those of the folder given with `--web`.
struct Pages: Sendable {
    struct Page: Sendable {
        let content: ByteBuffer
        let mediaType: String
        /// What a browser shows to learn whether it has this very content.
        let tag: String
    }

    private let builtIn: [String: Page]
    private let folder: String?

    init(folder: String?) {
        self.folder = folder
        var pages: [String: Page] = [:]
        for (name, content) in EmbeddedFiles.all { pages[name] = Page(name: name, content: content) }
        builtIn = pages
    }

    /// - Parameter name: a path without its leading slash; untrusted.
    subscript(name: String) -> Page? {
        if let folder, Self.isPlain(name), let data = FileManager.default.contents(atPath: "\(folder)/\(name)") {
            return Page(name: name, content: ByteBuffer(bytes: data))
        }
        return builtIn[name]
    }

    /// Letters, digits, dots and at most one folder: nothing that leads out of the folder.
    private static func isPlain(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.first != "."
                    && part.utf8.allSatisfy { byte in HostName.isLabelByte(byte) || byte == UInt8(ascii: ".") }
            }
    }
}

extension Pages.Page {
    fileprivate init(name: String, content: ByteBuffer) {
        self.content = content
        let kind = name.split(separator: ".").last.map(String.init) ?? ""
        mediaType = Self.mediaTypes[kind] ?? "application/octet-stream"
        let digest = SHA256.hash(data: Data(content.readableBytesView)).prefix(8)
        tag = "\"" + digest.map { String($0, radix: 16) }.joined() + "\""
    }

    private static let mediaTypes = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "ts": "text/plain; charset=utf-8",
        "json": "application/json", "png": "image/png",
    ]
}
