internal import NIOCore

/// Decides by its headers whether a request may come in at all, and where it comes from. Pure, asked for every request.
struct Gatekeeper: Sendable {
    enum Refusal: Equatable {
        /// The request was meant for another host: what DNS rebinding looks like.
        case misdirected
        /// A page of another site is behind it.
        case foreignOrigin
    }

    /// Host names, besides loopback's, under which this server is reached.
    private let hosts: Set<String>
    private let allowedOrigins: AllowedOrigins
    private let publicURL: Origin?
    private let trustedProxies: [AddressBlock]

    init(hosts: Set<String>, allowedOrigins: AllowedOrigins, publicURL: Origin?, trustedProxies: [AddressBlock]) {
        self.hosts = hosts.union(publicURL.map { [$0.host] } ?? [])
        self.allowedOrigins = allowedOrigins
        self.publicURL = publicURL
        self.trustedProxies = trustedProxies
    }

    func refusal(of visit: Visit) -> Refusal? {
        guard let host = visit.host.flatMap({ Authority($0) }), isOurs(host.host) else { return .misdirected }
        switch visit.origins.count {
        // No browser, or one that says no more than whether the page is a stranger's.
        case 0: return visit.isOwnSite ? nil : .foreignOrigin
        case 1: return allows(visit.origins[0], at: host) ? nil : .foreignOrigin
        default: return .foreignOrigin
        }
    }

    /// Whether a page of this origin may speak to the server: the server's own pages, and what the operator lists.
    private func allows(_ header: String, at host: Authority) -> Bool {
        guard let origin = Origin(header), !header.hasSuffix("/") else { return false }
        return isOwn(origin, at: host) || origin == publicURL || allowedOrigins.allow(header)
    }

    /// A page that came from where this request goes. Where the operator has said how players reach that host, a page that
    /// came there by the other scheme is not one of ours: anybody between could have made it.
    private func isOwn(_ origin: Origin, at host: Authority) -> Bool {
        guard publicURL?.host != host.host || publicURL?.scheme == origin.scheme else { return false }
        return origin.host == host.host && origin.port == host.port ?? origin.scheme.defaultPort
    }

    private func isOurs(_ name: String) -> Bool {
        name == "localhost" || IPAddress(name).map(Self.isLoopback) == true || hosts.contains(name)
    }

    /// The address that limits count: the peer's, or behind a trusted proxy the rightmost one that is no such proxy.
    /// - Parameter forwarded: the `X-Forwarded-For` header; trusted no further than the proxies that wrote it.
    func address(of peer: SocketAddress?, forwarded: String) -> ClientAddress {
        guard let text = peer?.ipAddress, isTrusted(text) else { return ClientAddress(peer) }
        let hops = forwarded.split(separator: ",").map { $0.filter { $0 != " " } }
        return hops.last { !isTrusted($0) }.flatMap { ClientAddress(text: $0) } ?? ClientAddress(peer)
    }

    /// Whether this peer speaks for others.
    func isProxy(_ peer: SocketAddress?) -> Bool { peer?.ipAddress.map { isTrusted($0) } ?? false }

    private func isTrusted(_ text: some StringProtocol) -> Bool {
        guard let address = IPAddress(text) else { return false }
        return trustedProxies.contains { $0.contains(address) }
    }

    static func isLoopback(_ address: IPAddress) -> Bool {
        loopback.contains { $0.contains(address) }
    }
    private static let loopback = ["127.0.0.0/8", "::1"].compactMap(AddressBlock.init)
}
