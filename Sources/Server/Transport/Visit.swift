internal import HTTPTypes
internal import NIOHTTP1

/// What a request says of where it is going and who is behind it. All of it is untrusted, but a browser lets no page
/// choose these headers.
struct Visit: Sendable {
    let host: String?
    /// Browsers send one at most, other clients none.
    let origins: [String]
    /// How the page behind the request stands to this server (Fetch Metadata, `Sec-Fetch-Site`); none from old browsers
    /// and from whatever is no browser.
    let sites: [String]

    init(host: String?, origins: [String] = [], sites: [String] = []) {
        self.host = host
        self.origins = origins
        self.sites = sites
    }

    init(_ head: HTTPRequestHead) {
        host = head.headers.first(name: "host")
        origins = head.headers["origin"]
        sites = head.headers["sec-fetch-site"]
    }

    init(_ head: HTTPRequest) {
        host = head.authority
        origins = head.headerFields[values: .origin]
        sites = head.headerFields[values: .secFetchSite]
    }

    /// No page of another site is behind it: the address was typed, or the page is one of the same origin.
    var isOwnSite: Bool { sites.allSatisfy { $0 == "same-origin" || $0 == "none" } }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = Self.constant("Sec-Fetch-Site")
}
