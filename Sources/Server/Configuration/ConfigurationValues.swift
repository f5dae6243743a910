/// Where a server listens: `127.0.0.1:9090`, `[::1]:9090`.
struct ListenAddress: Equatable, Sendable {
    static let expected = "a host and a port like 127.0.0.1:9090 or [::1]:9090"

    let host: String
    let port: Int

    init?(_ text: String) {
        guard let authority = Authority(text), let port = authority.port else { return nil }
        host = authority.host
        self.port = port
    }
}

/// Where rooms and sessions are kept.
enum DataPlace: Equatable, Sendable {
    static let memoryName = ":memory:"

    case memory
    case folder(String)

    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        self = text == Self.memoryName ? .memory : .folder(text)
    }

    /// nil: nothing outlives the process.
    var folder: String? { if case .folder(let path) = self { path } else { nil } }
}

/// When SQLite waits for the disk.
enum SQLiteSync: String, CaseIterable, Sendable { case full, normal }

enum LogFormat: String, CaseIterable, Sendable { case text, json }

/// A certificate chain and its key, in PEM.
struct TLSFiles: Equatable, Sendable {
    let certificate: String
    let key: String

    /// One without the other is a fault: the server would fall back to plain text without a word.
    init?(_ reader: inout SettingReader, certificate: Setting, key: Setting) {
        let files = (certificate: reader.file(certificate), key: reader.file(key))
        switch (reader.isSaid(certificate), reader.isSaid(key)) {
        case (true, false): reader.refuse(certificate, "needs \(key.rawValue) too")
        case (false, true): reader.refuse(key, "needs \(certificate.rawValue) too")
        case (true, true), (false, false): break
        }
        guard let certificate = files.certificate, let key = files.key else { return nil }
        self.certificate = certificate
        self.key = key
    }
}

/// A text that shows itself to nobody who only prints it.
struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    static let mask = "********"

    let text: String

    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else { return nil }
        self.text = text
    }

    /// - Parameter text: what need not fit into a header.
    init(verbatim text: String) { self.text = text }

    var description: String { Self.mask }
    var debugDescription: String { Self.mask }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
