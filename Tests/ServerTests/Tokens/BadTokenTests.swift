import Foundation
import Testing

@testable import ParlorServer

/// The keys of one server, and every token it must not believe.
private struct BadTokens {
    struct Row {
        let what: String
        let token: String
        let fault: TokenFault
    }

    let lab: TokenLab
    private(set) var rows: [Row] = []

    private mutating func add(_ what: String, _ token: String, _ fault: TokenFault) {
        rows.append(Row(what: what, token: token, fault: fault))
    }

    init() throws {
        let rsa = try RSAKey()
        let (rs, ps) = (SigningKey.rsa(rsa, alg: "RS256"), SigningKey.rsa(rsa, alg: "PS256"))
        let (p256, p384, ed) = (SigningKey.p256(), SigningKey.p384(), SigningKey.ed25519())
        let secret = SigningKey.secret(TokenLab.secret)
        lab = try TokenLab(
            keys: [
                rs.publicJWK(["alg": "RS256"]), p256.publicJWK(), p384.publicJWK(), ed.publicJWK(),
                p256.publicJWK(["kid": "for-encryption", "use": "enc"]),
            ],
            rules: TokenRules(issuer: "the-issuer", audience: "parlor"))
        let good = TokenLab.claims(["iss": #""the-issuer""#, "aud": #""parlor""#])
        func claims(_ more: [String: String] = [:], without: Set<String> = []) -> String {
            TokenLab.claims(["iss": #""the-issuer""#, "aud": #""parlor""#].merging(more) { $1 }, without: without)
        }
        let token = try secret.token(good)
        let parts = token.split(separator: ".").map(String.init)
        let seconds = TokenLab.seconds
        let deep = String(repeating: "[", count: 99) + String(repeating: "]", count: 99)

        // Algorithms (RFC 8725, section 3.1).
        for name in ["none", "None", "NONE", "nOnE", "", "HS1", "hs256", "RSA-OAEP", "dir"] {
            add(
                "alg \(name) with the signature", try secret.token(good, header: #"{"alg":"\#(name)"}"#),
                .unknownAlgorithm)
            let header = base64url(Data(#"{"alg":"\#(name)"}"#.utf8))
            add("alg \(name) without a signature", "\(header).\(parts[1]).", .unknownAlgorithm)
        }
        add("no alg", try secret.token(good, header: #"{"typ":"JWT"}"#), .malformed)
        add("alg null", try secret.token(good, header: #"{"alg":null}"#), .malformed)
        add("alg in a list", try secret.token(good, header: #"{"alg":["HS256"]}"#), .malformed)
        let asSecret = SigningKey.secret(rsa.pem)
        add(
            "a public key as a secret", try asSecret.token(good, header: #"{"alg":"HS256","kid":"rsa"}"#), .badSignature
        )
        let modulus = SigningKey.secret(rsa.jwk["n"] ?? "")
        add("a modulus as a secret", try modulus.token(good, header: #"{"alg":"HS256","kid":"rsa"}"#), .badSignature)
        add("PS256 with a key for RS256", try ps.token(good), .unknownKey)
        add("RS256 by the key of a curve", try p256.token(good, header: #"{"alg":"RS256","kid":"p256"}"#), .unknownKey)
        add("ES384 by a key of P-256", try p256.token(good, header: #"{"alg":"ES384","kid":"p256"}"#), .unknownKey)
        add("ES256 by a key of P-384", try p384.token(good, header: #"{"alg":"ES256","kid":"p384"}"#), .unknownKey)
        add("EdDSA by a key of P-256", try p256.token(good, header: #"{"alg":"EdDSA","kid":"p256"}"#), .unknownKey)
        add("ES256 by a key of Ed25519", try ed.token(good, header: #"{"alg":"ES256","kid":"ed"}"#), .unknownKey)
        add(
            "a key for encryption", try p256.token(good, header: #"{"alg":"ES256","kid":"for-encryption"}"#),
            .unknownKey)

        // Signatures.
        add("an empty signature", "\(parts[0]).\(parts[1]).", .badSignature)
        add("half a signature", "\(parts[0]).\(parts[1]).\(parts[2].prefix(20))", .badSignature)
        add("another's signature", "\(parts[0]).\(parts[1]).\(base64url(Data(repeating: 7, count: 32)))", .badSignature)
        add(
            "other claims", "\(parts[0]).\(base64url(Data(claims(["sub": #""bob""#]).utf8))).\(parts[2])", .badSignature
        )
        let curve = try p256.token(good).split(separator: ".").map(String.init)
        let nothing = base64url(Data(repeating: 0, count: 64))
        add("a signature of zeros", "\(curve[0]).\(curve[1]).\(nothing)", .badSignature)
        add("another key's signature", try SigningKey.p256().token(good), .badSignature)
        add("another secret", try SigningKey.secret(String(repeating: "x", count: 64)).token(good), .badSignature)

        // What the header says of keys.
        add("kid of nobody", try p256.token(good, header: #"{"alg":"ES256","kid":"nobody"}"#), .unknownKey)
        add("kid a path", try p256.token(good, header: #"{"alg":"ES256","kid":"../../../dev/null"}"#), .unknownKey)
        add("kid some SQL", try p256.token(good, header: #"{"alg":"ES256","kid":"x' OR '1'='1"}"#), .unknownKey)
        add("kid a number", try p256.token(good, header: #"{"alg":"ES256","kid":1}"#), .malformed)
        let own = SigningKey.p256()
        for (name, value) in [
            ("jwk", own.publicJWK()), ("jku", #""https://evil.example/keys""#), ("x5u", #""https://evil.example/c""#),
            ("x5c", #"["MIIB"]"#),
        ] {
            add(
                "\(name) brings a key", try own.token(good, header: #"{"alg":"ES256","\#(name)":\#(value)}"#),
                .badSignature)
        }
        add("crit", try secret.token(good, header: #"{"alg":"HS256","crit":["exp"]}"#), .malformed)
        add("crit empty", try secret.token(good, header: #"{"alg":"HS256","crit":[]}"#), .malformed)
        add("alg twice", try secret.token(good, header: #"{"alg":"none","alg":"HS256"}"#), .malformed)

        // Times.
        let times: [(String, String, TokenFault)] = [
            ("exp long ago", "\(seconds - 3600)", .expired),
            ("exp just over the difference", "\(seconds - 30)", .expired),
            ("exp 0", "0", .expired), ("exp a text", #""\#(seconds + 60)""#, .malformed),
            ("exp true", "true", .malformed),
            ("exp null", "null", .malformed), ("exp huge", "1e400", .malformed),
            ("exp in the year 10000", "1e12", .malformed),
            ("exp negative", "-1", .malformed), ("exp a list", "[\(seconds + 60)]", .malformed),
        ]
        for (what, value, fault) in times { add(what, try secret.token(claims(["exp": value])), fault) }
        add("no exp", try secret.token(claims(without: ["exp"])), .malformed)
        add("exp twice", try secret.token(#"{"exp":1,"exp":\#(seconds + 60),"sub":"ann"}"#), .malformed)
        add("nbf later", try secret.token(claims(["nbf": "\(seconds + 31)"])), .notYetValid)
        add("nbf a text", try secret.token(claims(["nbf": #""1""#])), .malformed)
        add("iat later", try secret.token(claims(["iat": "\(seconds + 31)"])), .notYetValid)

        // Who it is from and for.
        add("another issuer", try secret.token(claims(["iss": #""the-issuer ""#])), .wrongIssuer)
        add("no issuer", try secret.token(claims(without: ["iss"])), .wrongIssuer)
        add("a list of issuers", try secret.token(claims(["iss": #"["the-issuer"]"#])), .malformed)
        add("another audience", try secret.token(claims(["aud": #""parlour""#])), .wrongAudience)
        add("other audiences", try secret.token(claims(["aud": #"["a","b"]"#])), .wrongAudience)
        add("no audience", try secret.token(claims(without: ["aud"])), .wrongAudience)
        add("an empty list of audiences", try secret.token(claims(["aud": "[]"])), .wrongAudience)
        add("an audience that is a number", try secret.token(claims(["aud": "[1]"])), .malformed)

        // What it says of rooms.
        add("no room's id", try secret.token(claims(["room": #""../x""#])), .malformed)
        add("no role", try secret.token(claims(["role": #""admin""#])), .malformed)
        add("game a number", try secret.token(claims(["game": "1"])), .malformed)

        // Form (RFC 7515, section 2: no padding, no spaces, nothing left over).
        add("nothing", "", .malformed)
        add("two parts", "\(parts[0]).\(parts[1])", .malformed)
        add("four parts", "\(token).\(parts[2])", .malformed)
        add("five parts, as if encrypted", "\(token)..", .malformed)
        add("padding", "\(token)=", .malformed)
        add("a space behind", "\(token) ", .malformed)
        add("a line break in it", "\(parts[0]).\n\(parts[1]).\(parts[2])", .malformed)
        add("plain base64", token.replacing(parts[2], with: String(parts[2].dropLast(2)) + "+/"), .malformed)
        add("bits left over", "\(parts[0]).\(parts[1]).\(Self.withBitsLeftOver(parts[2]))", .malformed)
        add("a length that cannot be", "\(parts[0])A.\(parts[1]).\(parts[2])", .malformed)
        add("no JSON in the header", "\(base64url(Data("HS256".utf8))).\(parts[1]).\(parts[2])", .malformed)
        add("a list for claims", try secret.token(#"["ann"]"#), .malformed)
        add("no UTF-8", "\(parts[0]).\(base64url([0x7b, 0xff, 0x7d] as [UInt8])).\(parts[2])", .malformed)
        add("nested too deep", try secret.token(claims(["x": deep])), .malformed)
        add("too long", try secret.token(claims(["x": #""\#(String(repeating: "x", count: 9000))""#])), .tooLong)
    }

    /// The same 32 bytes to a reader that is not strict.
    private static func withBitsLeftOver(_ signature: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        guard let last = signature.last, let index = alphabet.firstIndex(of: last) else { return "" }
        return String(signature.dropLast()) + String(alphabet[index + 1])
    }
}

@Suite struct `Tokens that are not believed` {
    @Test func `are refused, each for its reason`() async throws {
        let bad = try BadTokens()
        #expect(bad.rows.count >= 70, "\(bad.rows.count)")
        for row in bad.rows {
            let fault = await bad.lab.fault(of: row.token)
            #expect(fault == row.fault, "\(row.what): \(fault?.rawValue ?? "believed")")
        }
    }

    @Test(arguments: [
        "", "Jörg", "a b", "a/b", "../x", "a\u{0}b", "ann\n", "{room}", "*", "😀", String(repeating: "a", count: 129),
    ]) func `a subject that cannot be a user is nobody`(subject: String) async throws {
        let lab = try TokenLab()
        let text = String(decoding: try JSONEncoder().encode(subject), as: UTF8.self)
        let token = try SigningKey.secret(TokenLab.secret).token(TokenLab.claims(["sub": text]))
        let gate = TokenGate(policy: .required, verifier: lab.verifier, denyList: DenyList())
        await #expect(throws: TokenFault.badSubject) { try await gate.prove(token, at: TokenLab.now) }
    }

    @Test func `nobody is proved by a token without a subject`() async throws {
        let lab = try TokenLab()
        let token = try SigningKey.secret(TokenLab.secret).token(TokenLab.claims(without: ["sub"]))
        #expect(await lab.fault(of: token) == nil, "it may still be an invitation")
        let gate = TokenGate(policy: .required, verifier: lab.verifier, denyList: DenyList())
        await #expect(throws: TokenFault.badSubject) { try await gate.prove(token, at: TokenLab.now) }
    }
}
