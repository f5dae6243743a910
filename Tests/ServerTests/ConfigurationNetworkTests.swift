import Testing

@testable import ParlorServer

@Suite struct ConfigurationNetworkTests {
    @Test(arguments: [
        ("https://play.example", "https://play.example"),
        ("https://play.example:443", "https://play.example"),
        ("http://play.example:443", "http://play.example:443"),
        ("HTTPS://Play.Example/", "https://play.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://192.0.2.7", "http://192.0.2.7"),
    ])
    func `an origin is scheme, host and port`(text: String, description: String) {
        #expect(Origin(text)?.description == description)
    }

    @Test(arguments: [
        "", "null", "play.example", "ftp://play.example", "https://", "https:///", "https://a/b", "https://a?b",
        "https://a#b", "https://me:pw@a", "https://a:b", "https://a:", "https://a:65536", "https://a:-1",
        "https://[::1",
        "https://[play.example]", "https://::1", "https://a..b", "https://a b", "https://ä.example", "https://*.a",
    ])
    func `anything else is no origin`(text: String) {
        #expect(Origin(text) == nil)
    }

    @Test(arguments: [
        ("https://a.example", "https://a.example", true),
        ("https://a.example", "https://A.example:443", true),
        ("https://a.example", "http://a.example", false),
        ("https://a.example", "https://a.example:8443", false),
        ("https://a.example", "https://b.a.example", false),
        ("https://a.example", "https://a.example.evil", false),
        ("https://*.a.example", "https://b.a.example", true),
        ("https://*.a.example", "https://a.example", false),
        ("https://*.a.example", "https://c.b.a.example", false),
        ("https://*.a.example", "https://ba.example", false),
        ("https://*.a.example", "https://cba.example", false),
        ("https://*.example", "https://example", false),
        ("https://*.example", "https://a.example", true),
        ("https://*.a.example", "https://b.a.example.evil", false),
        ("https://*.a.example", "http://b.a.example", false),
        ("https://*.a.example", "https://b.a.example:8443", false),
        ("https://*.a.example:8443", "https://b.a.example:8443", true),
        ("https://a.example,http://b.example", "http://b.example", true),
        ("*", "https://anything.example", true),
        ("*", "null", false),
        ("*", "", false),
    ])
    func `a browser's origin is held against the list`(list: String, origin: String, isAllowed: Bool) {
        let patterns = list.split(separator: ",").compactMap { AllowedOrigins.Pattern(String($0)) }
        #expect(AllowedOrigins(patterns: patterns).allow(origin) == isAllowed)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false),
        ("192.0.2.7", "::ffff:192.0.2.7", true),
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("172.16.0.0/12", "172.31.255.255", true),
        ("172.16.0.0/12", "172.32.0.0", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "::1", false),
        ("fd00::/8", "fdff::1", true),
        ("fd00::/8", "fe00::1", false),
        ("2001:db8::/33", "2001:db8:7fff::", true),
        ("2001:db8::/33", "2001:db8:8000::", false),
        ("::/0", "2001:db8::1", true),
        ("::1", "::1", true),
        ("::1/128", "::2", false),
    ])
    func `an address is in a network or not`(network: String, address: String, isIn: Bool) throws {
        let block = try #require(AddressBlock(network))
        #expect(block.contains(try #require(IPAddress(address))) == isIn)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8", "10.0.0.1/24", "::/129",
        "fd00::1/64", "[::1]", "localhost", "10.0.0.0/8 ", "*",
    ])
    func `anything else is no network`(text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test(
        arguments: [
            ("localhost", "localhost", nil), ("Play.Example:80", "play.example", 80), ("[::1]", "::1", nil),
            ("[::1]:9090", "::1", 9090), ("192.0.2.7:0", "192.0.2.7", 0),
        ] as [(String, String, Int?)])
    func `an authority is a host with a port or without`(text: String, host: String, port: Int?) throws {
        let authority = try #require(Authority(text))
        #expect(authority.host == host)
        #expect(authority.port == port)
    }
}
