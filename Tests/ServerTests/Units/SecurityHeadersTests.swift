import HTTPTypes
import Testing

@testable import ParlorServer

@Suite struct SecurityHeadersTests {
    private static func fields(isTLS: Bool, host: String?) -> HTTPFields {
        var fields = HTTPFields()
        SecurityHeaders(isTLS: isTLS).add(to: &fields, host: host)
        return fields
    }

    @Test func `browsers are told to stay with TLS by whoever speaks it, and by nobody else`() {
        #expect(Self.fields(isTLS: true, host: nil)[.strictTransportSecurity] == "max-age=31536000")
        #expect(Self.fields(isTLS: false, host: nil)[.strictTransportSecurity] == nil)
    }

    @Test(
        arguments: [
            ("play.example", "connect-src 'self' ws://play.example wss://play.example;"),
            ("localhost:8080", "connect-src 'self' ws://localhost:8080 wss://localhost:8080;"),
            ("[::1]:8080", "connect-src 'self';"), (nil, "connect-src 'self';"),
        ] as [(String?, String)])
    func `a page speaks to the host that it came from alone`(host: String?, part: String) {
        #expect(SecurityHeaders.policy(host: host).contains(part))
    }
}
