internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// What a request for a socket says of who sends it. Pure; its token is untrusted, and looked at by whoever asked.
enum Introduction: Equatable, Sendable {
    /// Nobody in particular: whoever must say who they are does so in their first message.
    case anonymous
    case token(String)
    /// No token, where one is required of whoever can read that it is.
    case missing

    init(_ head: HTTPRequestHead, _ tokens: TokenGate) {
        guard tokens.takesTokens else {
            self = .anonymous
            return
        }
        if let token = Self.bearer(head.headers["authorization"]) ?? WebSocketUpgrader.query(of: head.uri, "token") {
            self = .token(token)
        } else {
            self = tokens.isRequired && !Self.isOfBrowser(head) ? .missing : .anonymous
        }
    }

    /// A browser sends an origin with every upgrade, and shows its page neither a status nor a body.
    static func isOfBrowser(_ head: HTTPRequestHead) -> Bool { head.headers.contains(name: "origin") }

    /// The token of an `Authorization` header (RFC 6750, section 2.1). Of two headers none can be told to be meant.
    /// - Returns: nil when there is none of that kind.
    static func bearer(_ headers: [String]) -> String? {
        guard headers.count == 1, let header = headers.first else { return headers.isEmpty ? nil : "" }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.first?.lowercased() == "bearer" else { return nil }
        return words.count == 2 ? words[1].trimmingCharacters(in: .whitespaces) : ""
    }
}

/// Whether a socket that was upgraded may stay.
enum Admission: Equatable, Sendable {
    case admitted
    case tooMany
    case badToken
}

/// What is known of a socket's sender when it is upgraded, put down by the ``UpgradeFilter`` for the ``WebSocketUpgrader``.
struct Ticket: Sendable {
    var proof: Proof?
    var isRefused = false
}
