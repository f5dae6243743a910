internal import HTTPTypes

/// The headers that keep a page what it is, on every answer. `Tests/Browser` holds each page to its policy.
struct SecurityHeaders: Sendable {
    /// Whether the server itself speaks TLS. Behind a proxy it is the proxy that knows, and says so.
    let isTLS: Bool

    func add(to fields: inout HTTPFields, host: String?) {
        fields[.contentSecurityPolicy] = Self.policy(host: host)
        fields[.xContentTypeOptions] = "nosniff"
        fields[.referrerPolicy] = "no-referrer"
        // A window that another site opened, or that opens one, is no way into the page.
        fields[.crossOriginOpenerPolicy] = "same-origin"
        // Other sites may ask by CORS where the operator lists them, and show nothing of ours otherwise.
        fields[.crossOriginResourcePolicy] = "same-origin"
        fields[.permissionsPolicy] = Self.permissions
        if isTLS { fields[.strictTransportSecurity] = "max-age=31536000" }
    }

    /// Our pages need nothing from anywhere else, run no script of their own text, and nobody needs them in a frame.
    /// - Parameter host: of a request that ``Gatekeeper`` let in. Not every browser takes `'self'` for the socket too.
    static func policy(host: String?) -> String {
        var connect = "'self'"
        // A policy cannot name an IPv6 address.
        if let host, !host.hasPrefix("[") { connect += " ws://\(host) wss://\(host)" }
        return "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src \(connect); "
            + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    }

    /// Copying and sharing an invitation is all that a page does with the machine.
    private static let permissions =
        "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()"
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = Self.constant("Referrer-Policy")
    fileprivate static let crossOriginOpenerPolicy = Self.constant("Cross-Origin-Opener-Policy")
    fileprivate static let permissionsPolicy = Self.constant("Permissions-Policy")

    /// - Precondition: a name written in this server's own source is a valid one.
    static func constant(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}
