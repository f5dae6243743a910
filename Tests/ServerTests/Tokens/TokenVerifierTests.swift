import Foundation
import Testing

@testable import ParlorServer

@Suite struct TokenVerifierTests {
    @Test func `every algorithm is believed with a key for it`() async throws {
        let rsa = try RSAKey()
        let asymmetric =
            [SigningKey.p256(), .p384(), .p521(), .ed25519()]
            + ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map { SigningKey.rsa(rsa, alg: $0) }
        let secrets = ["HS256", "HS384", "HS512"].map { SigningKey.secret(TokenLab.secret, alg: $0) }
        let lab = try TokenLab(keys: asymmetric.prefix(5).map { $0.publicJWK() })
        for key in asymmetric + secrets {
            #expect(await lab.fault(of: try key.token(TokenLab.claims())) == nil, "\(key.alg)")
            let bare = try key.token(TokenLab.claims(), header: #"{"alg":"\#(key.alg)"}"#)
            #expect(await lab.fault(of: bare) == nil, "\(key.alg) without a key id")
        }
        #expect(Set((asymmetric + secrets).map(\.alg)) == Set(TokenAlgorithm.allCases.map(\.rawValue)))
    }

    @Test(arguments: [(32, ["HS256"]), (47, ["HS256"]), (48, ["HS256", "HS384"]), (64, ["HS256", "HS384", "HS512"])])
    func `a secret signs with no longer hash than it is`(bytes: Int, names: [String]) async throws {
        let secret = String(repeating: "s", count: bytes)
        let lab = try TokenLab(secret: secret)
        for name in ["HS256", "HS384", "HS512"] {
            let fault = await lab.fault(of: try SigningKey.secret(secret, alg: name).token(TokenLab.claims()))
            #expect(fault == (names.contains(name) ? nil : .unknownKey), "\(name)")
        }
    }

    @Test(arguments: [
        ("exp within the difference of clocks", ["exp": "\(TokenLab.seconds - 29)"]),
        ("exp with a fraction", ["exp": "\(TokenLab.seconds).5"]),
        ("exp in another form", ["exp": "1.8000001e9"]),
        ("nbf within the difference of clocks", ["nbf": "\(TokenLab.seconds + 30)"]),
        ("claims that nobody knows", ["x": #"{"y":[1,2]}"#]),
        ("escapes in a claim", ["sub": #""\u0061nn""#]),
    ]) func `what is within the rules is believed`(what: String, more: [String: String]) async throws {
        let token = try SigningKey.secret(TokenLab.secret).token(TokenLab.claims(more))
        #expect(await (try TokenLab()).fault(of: token) == nil)
    }

    @Test(
        arguments: [
            (nil, nil, nil), (nil, "\"parlor\"", .wrongAudience), ("parlor", "\"parlor\"", nil),
            ("parlor", #"["x","parlor"]"#, nil), ("parlor", "\"Parlor\"", .wrongAudience),
            ("parlor", nil, .wrongAudience),
            (nil, "[]", .wrongAudience),
        ] as [(String?, String?, TokenFault?)])
    func `a token is for whom it names, and for nobody else`(
        audience: String?, claim: String?, fault: TokenFault?
    ) async throws {
        let lab = try TokenLab(rules: TokenRules(audience: audience))
        let claims = TokenLab.claims(claim.map { ["aud": $0] } ?? [:])
        #expect(await lab.fault(of: try SigningKey.secret(TokenLab.secret).token(claims)) == fault)
    }

    @Test func `a token carries who, until when, and where to`() async throws {
        let token = try SigningKey.secret(TokenLab.secret).token(
            TokenLab.claims(["room": #""room-0001""#, "game": #""dice""#, "role": #""spectator""#]))
        let claims = try await TokenLab().verifier.verify(token, at: TokenLab.now)
        #expect(claims.subject == "ann")
        #expect(claims.expiresAt == TokenLab.now + 3_600_000 && claims.issuedAt == TokenLab.now)
        #expect(claims.pass == RoomPass(room: .literal("room-0001"), gameType: "dice", role: .spectator))
    }

    @Test func `what this server mints it believes`() async throws {
        let secret = Secret(verbatim: TokenLab.secret)
        let rules = TokenRules(issuer: "me", audience: "you")
        let user = try #require(UserID(untrusted: "ann@example.org"))
        let pass = RoomPass(room: .literal("room-0001"), role: .player)
        let token = try await TokenMint(secret: secret, rules: rules).mint(
            user, pass, for: .seconds(60), at: TokenLab.seconds)
        let claims = try await TokenLab(rules: rules).verifier.verify(token, at: TokenLab.now)
        #expect(claims.subject == "ann@example.org" && claims.pass == pass)
        #expect(claims.expiresAt == TokenLab.now + 60_000 && claims.issuedAt == TokenLab.now)
    }

    /// RFC 7515, appendix A: the signatures are good, and the tokens long expired.
    @Test(arguments: [
        (
            "A.1",
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        ),
        (
            "A.2",
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ),
        (
            "A.3",
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
    ]) func `the examples of RFC 7515 are believed in their time`(name: String, token: String) async throws {
        let lab = try Self.rfc7515()
        #expect(await lab.fault(of: token, at: 1_300_819_379_000) == nil)
        #expect(await lab.fault(of: token, at: 1_300_819_411_000) == .expired)
        let spoiled = token.dropLast(2) + "A" + token.suffix(1)
        #expect(await lab.fault(of: String(spoiled), at: 1_300_819_379_000) == .badSignature)
    }

    private static func rfc7515() throws -> TokenLab {
        let key =
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        let secret = try #require(Base64URL.decode(key.utf8))
        let rsa =
            #"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#
        let curve =
            #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
        return try TokenLab(secretBytes: secret, keys: [rsa, curve])
    }
}

extension TokenLab {
    fileprivate init(secretBytes: [UInt8], keys: [String]) throws {
        let base = try TokenLab(secret: nil, keys: keys)
        let key = VerificationKey(secret: secretBytes)
        self.init(
            folder: base.folder, verifier: TokenVerifier(secret: key, keys: base.verifier.keys, rules: TokenRules()))
    }

    private init(folder: ScratchFolder, verifier: TokenVerifier) {
        self.folder = folder
        self.verifier = verifier
    }
}
