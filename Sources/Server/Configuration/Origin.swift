/// Scheme, host and port of a site, as browsers compare them (RFC 6454): `https://play.example:8443`.
struct Origin: Hashable, Sendable, CustomStringConvertible {
    enum Scheme: String { case http, https }

    static let expected = "an origin like https://play.example or http://localhost:8080, without a path"

    let scheme: Scheme
    /// Lower case; an IPv6 address without its brackets.
    let host: String
    let port: Int

    init?(_ text: some StringProtocol) {
        // What browsers show of an address ends with a slash.
        let parts = (text.hasSuffix("/") ? String(text.dropLast()) : String(text)).split(separator: "://", maxSplits: 1)
        guard parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()),
            let authority = Authority(parts[1])
        else { return nil }
        self.scheme = scheme
        host = authority.host
        port = authority.port ?? scheme.defaultPort
    }

    var description: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == scheme.defaultPort ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
    }
}

extension Origin.Scheme {
    var defaultPort: Int { self == .http ? 80 : 443 }
}

/// A host with a port or without: `play.example`, `127.0.0.1:9090`, `[::1]:9090`. So it also stands in a `Host` header.
struct Authority: Hashable, Sendable {
    /// Lower case; an IPv6 address without its brackets.
    let host: String
    let port: Int?

    init?(_ text: some StringProtocol) {
        let host: Substring
        let rest: Substring
        let text = text.lowercased()
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard IPAddress(host)?.isV6 == true else { return nil }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            guard HostName.isValid(host) else { return nil }
        }
        if rest.isEmpty {
            port = nil
        } else {
            guard rest.hasPrefix(":"), rest.dropFirst().allSatisfy(\.isASCII), let number = UInt16(rest.dropFirst())
            else { return nil }
            port = Int(number)
        }
        self.host = String(host)
    }
}

/// Names and IPv4 addresses of hosts.
enum HostName {
    /// What may be looked up: labels of letters, digits, `-` and `_`, at most 253 bytes (RFC 1035).
    static func isValid(_ text: some StringProtocol) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                1...63 ~= label.utf8.count && label.utf8.allSatisfy(isLabelByte)
            }
    }

    static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
