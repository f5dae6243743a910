/// From which sites browsers may connect, besides the server's own pages.
struct AllowedOrigins: Equatable, Sendable {
    /// One entry of the list.
    enum Pattern: Hashable, Sendable {
        /// `*`: every site. Has to be said, because then any page a player visits can play in that player's name.
        case any
        case exactly(Origin)
        /// `https://*.play.example`: one label in front of this origin's host.
        case oneLabelBefore(Origin)

        static let expected = "https://play.example, https://*.play.example or *"

        init?(_ text: String) {
            if text == "*" {
                self = .any
                return
            }
            let parts = text.split(separator: "://*.", maxSplits: 1, omittingEmptySubsequences: false)
            let isWildcard = parts.count == 2
            guard let origin = Origin(parts.joined(separator: "://")) else { return nil }
            self = isWildcard ? .oneLabelBefore(origin) : .exactly(origin)
        }

        func matches(_ origin: Origin) -> Bool {
            switch self {
            case .any: true
            case .exactly(let allowed): origin == allowed
            case .oneLabelBefore(let allowed):
                // No label of an origin is empty, so what is before the first dot is exactly one.
                origin.scheme == allowed.scheme && origin.port == allowed.port
                    && origin.host.split(separator: ".", maxSplits: 1).last == allowed.host[...]
                    && origin.host != allowed.host
            }
        }
    }

    let patterns: [Pattern]

    /// - Parameter header: of an `Origin` header; untrusted. `null`, which a sandboxed page of any site sends, is no
    ///   origin and never allowed.
    func allow(_ header: String) -> Bool {
        guard let origin = Origin(header) else { return false }
        return patterns.contains { $0.matches(origin) }
    }
}
