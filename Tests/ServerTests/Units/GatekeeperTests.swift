import NIOCore
import Testing

@testable import ParlorServer

@Suite struct GatekeeperTests {
    private static func keeper(public publicURL: String? = nil, origins: [String] = []) -> Gatekeeper {
        Gatekeeper(
            hosts: ["parlor.internal"],
            allowedOrigins: AllowedOrigins(patterns: origins.compactMap(AllowedOrigins.Pattern.init)),
            publicURL: publicURL.flatMap { Origin($0) },
            trustedProxies: ["10.0.0.0/8", "fd00::/8"].compactMap(AddressBlock.init))
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:8080", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:8080", "[0:0:0:0:0:0:0:1]",
        "parlor.internal", "Parlor.Internal:9", "play.example",
    ])
    func `a request for this server comes in`(host: String) {
        #expect(Self.keeper(public: "https://play.example").refusal(of: Visit(host: host)) == nil)
    }

    @Test(
        arguments: [
            nil, "", ":8080", "evil.example", "localhost.evil.example", "128.0.0.1", "127.0.0.1.evil.example", "[::2]",
            "localhost:99999", "localhost:x", "a b", "play.example.evil.example", "xparlor.internal", "127.1",
            "localhost.", "localhost..", ".localhost", "127.0.0.1.", "2130706433", "0x7f.0.0.1", "[::1", "::1",
            "[::1]x",
            "[::ffff:128.0.0.1]", "localhost:", "localhost:-1", "localhost:80:80", "me@localhost", "localhost/",
            "xn--localhost-",
        ] as [String?])
    func `a request for another server does not`(host: String?) {
        #expect(Self.keeper(public: "https://play.example").refusal(of: Visit(host: host)) == .misdirected)
    }

    @Test(arguments: [
        ("localhost:8080", "http://localhost:8080", true), ("localhost:8080", "http://localhost:8081", false),
        ("localhost:8080", "http://127.0.0.1:8080", false), ("localhost", "http://localhost", true),
        ("localhost", "https://localhost", true), ("localhost", "http://localhost:443", false),
        ("localhost:8080", "null", false), ("localhost:8080", "", false), ("localhost:8080", "file://", false),
        ("localhost:8080", "https://play.example", true), ("localhost:8080", "http://play.example", false),
        ("localhost:8080", "https://play.example:444", false), ("localhost:8080", "https://listed.example", true),
        ("localhost:8080", "https://a.wild.example", true), ("localhost:8080", "https://a.b.wild.example", false),
        ("localhost:8080", "https://wild.example", false), ("localhost:8080", "https://evil.example", false),
        ("localhost:8080", "http://localhost:8080.evil.example", false),
        ("localhost:8080", "https://evil-wild.example", false), ("localhost:8080", "https://awild.example", false),
        ("localhost:8080", "https://wild.example.evil", false),
        ("localhost:8080", "https://a.wild.example.evil", false),
        ("localhost:8080", "https://.wild.example", false), ("localhost:8080", "https://a..wild.example", false),
        ("localhost:8080", "https://a.wild.example.", false), ("localhost:8080", "https://a.wild.example:8443", false),
        ("localhost:8080", "http://a.wild.example", false), ("localhost:8080", "https://A.Wild.Example", true),
        ("localhost:8080", "https://xn--bcher-kva.wild.example", true),
        ("localhost:8080", "https://b\u{fc}cher.wild.example", false),
        ("localhost:8080", "https://a.wild.ex\u{430}mple", false),
        ("localhost:8080", "https://listed.example@evil.example", false),
        ("localhost:8080", "https://evil.example@listed.example", false),
        ("localhost:8080", "https://listed.example:443", true), ("localhost:8080", "https://listed.example:0443", true),
        ("localhost:8080", "https://listed.example/", false), ("localhost:8080", "https://listed.example/x", false),
        ("localhost:8080", "https://listed.example?", false), ("localhost:8080", "https://listed.example#", false),
        ("localhost:8080", "https://listed.example\\.evil.example", false),
        ("localhost:8080", " https://listed.example", false), ("localhost:8080", "listed.example", false),
        ("localhost:8080", "//listed.example", false), ("localhost:8080", "wss://listed.example", false),
        ("localhost:8080", "https://listed.example https://evil.example", false),
        ("localhost:8080", "https://listed.example, https://evil.example", false),
        ("play.example", "http://play.example", false), ("play.example", "https://play.example", true),
        ("parlor.internal", "http://parlor.internal", true), ("parlor.internal", "http://parlor.internal:8080", false),
    ])
    func `a page comes in from this server, its public site and the list`(host: String, origin: String, isIn: Bool) {
        let keeper = Self.keeper(
            public: "https://play.example", origins: ["https://listed.example", "https://*.wild.example"])
        #expect(keeper.refusal(of: Visit(host: host, origins: [origin])) == (isIn ? nil : .foreignOrigin))
    }

    @Test func `any page comes in where that was said, but a sandboxed one`() {
        let keeper = Self.keeper(origins: ["*"])
        #expect(keeper.refusal(of: Visit(host: "localhost", origins: ["https://evil.example"])) == nil)
        #expect(keeper.refusal(of: Visit(host: "localhost", origins: ["null"])) == .foreignOrigin)
        #expect(keeper.refusal(of: Visit(host: "evil.example")) == .misdirected)
    }

    @Test func `two origins are the origin of nobody`() {
        let keeper = Self.keeper(origins: ["https://listed.example"])
        let twice = Visit(host: "localhost", origins: ["https://listed.example", "https://listed.example"])
        #expect(keeper.refusal(of: twice) == .foreignOrigin)
    }

    @Test(
        arguments: [
            ([], nil, true), (["none"], nil, true), (["same-origin"], nil, true), (["same-site"], nil, false),
            (["cross-site"], nil, false), (["SAME-ORIGIN"], nil, false), (["future-site"], nil, false),
            ([""], nil, false),
            (["same-origin", "cross-site"], nil, false), (["cross-site"], "https://listed.example", true),
            (["same-site"], "https://listed.example", true), (["cross-site"], "https://evil.example", false),
            (["same-origin"], "https://evil.example", false), (["none"], "null", false),
        ] as [([String], String?, Bool)])
    func `a page of another site is one, though it hides its origin`(sites: [String], origin: String?, isIn: Bool) {
        let keeper = Self.keeper(origins: ["https://listed.example"])
        let visit = Visit(host: "localhost", origins: origin.map { [$0] } ?? [], sites: sites)
        #expect(keeper.refusal(of: visit) == (isIn ? nil : .foreignOrigin))
    }

    @Test(arguments: [
        ("192.0.2.9", "203.0.113.1", "192.0.2.9"), ("10.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("10.0.0.1", "203.0.113.1, 10.0.0.2", "203.0.113.1"), ("10.0.0.1", "1.1.1.1, 203.0.113.1", "203.0.113.1"),
        ("10.0.0.1", "", "10.0.0.1"), ("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.1, nonsense", "10.0.0.1"), ("10.0.0.1", "2001:db8::1", "2001:db8::2"),
        ("fd00::1", "203.0.113.1", "203.0.113.1"), ("::ffff:10.0.0.1", "203.0.113.1", "203.0.113.1"),
    ])
    func `only a trusted proxy says where a client comes from`(peer: String, forwarded: String, counted: String) throws
    {
        let peer = try SocketAddress(ipAddress: peer, port: 1)
        #expect(Self.keeper().address(of: peer, forwarded: forwarded) == .literal(counted))
    }
}
