internal import FoundationEssentials

/// Where a JWK set is: a file of this machine, or a URL.
enum KeyLocation: Equatable, Sendable, CustomStringConvertible {
    static let expected = "a file that can be read, an https:// URL, or an http:// one of this machine"

    case file(String)
    case url(String)

    /// Keys that came in plain text over a network could be anybody's.
    init?(_ text: String) {
        guard text.contains("://") else {
            guard OperatorFile.isReadable(text), !OperatorFile.isFolder(text) else { return nil }
            self = .file(text)
            return
        }
        guard let url = URLComponents(string: text), url.user == nil, url.password == nil, url.fragment == nil,
            let host = url.host, !host.isEmpty
        else { return nil }
        switch url.scheme {
        case "https": break
        case "http": guard Self.isLoopback(host) else { return nil }
        default: return nil
        }
        self = .url(text)
    }

    var description: String {
        switch self {
        case .file(let path): path
        case .url(let text): text
        }
    }

    private static func isLoopback(_ host: String) -> Bool {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        return bare == "localhost" || IPAddress(bare).map(Gatekeeper.isLoopback) == true
    }
}
