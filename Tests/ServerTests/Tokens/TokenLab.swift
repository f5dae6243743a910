import Crypto
import CryptoExtras
import Foundation
import Logging

@testable import ParlorServer

/// A key of a test that signs whatever it is told to.
struct SigningKey: Sendable {
    let kid: String
    let alg: String
    /// Its public part, as members of a JWK.
    let jwk: [String: String]
    let sign: @Sendable (Data) throws -> Data

    /// - Parameter more: further members of the JWK, or others in their place.
    func publicJWK(_ more: [String: String?] = [:]) -> String {
        var members: [String: String?] = jwk.mapValues { $0 }
        members["kid"] = kid
        members.merge(more) { _, new in new }
        let texts = members.compactMapValues(\.self).sorted { $0.key < $1.key }.map { #""\#($0)":"\#($1)""# }
        return "{\(texts.joined(separator: ","))}"
    }

    /// - Parameters:
    ///   - payload: the text of the claims.
    ///   - header: the whole text of the header, if not the usual one.
    func token(_ payload: String, header: String? = nil) throws -> String {
        let header = header ?? #"{"alg":"\#(alg)","kid":"\#(kid)","typ":"JWT"}"#
        let input = [header, payload].map { base64url(Data($0.utf8)) }.joined(separator: ".")
        return input + "." + base64url(try sign(Data(input.utf8)))
    }

    static func secret(_ text: String, alg: String = "HS256") -> SigningKey {
        let key = SymmetricKey(data: Data(text.utf8))
        return SigningKey(kid: "secret", alg: alg, jwk: ["kty": "oct", "k": base64url(Data(text.utf8))]) { input in
            switch alg {
            case "HS384": Data(HMAC<SHA384>.authenticationCode(for: input, using: key))
            case "HS512": Data(HMAC<SHA512>.authenticationCode(for: input, using: key))
            default: Data(HMAC<SHA256>.authenticationCode(for: input, using: key))
            }
        }
    }

    static func p256() -> SigningKey {
        let key = P256.Signing.PrivateKey()
        return SigningKey(kid: "p256", alg: "ES256", jwk: point("P-256", key.publicKey.rawRepresentation)) {
            try key.signature(for: $0).rawRepresentation
        }
    }

    static func p384() -> SigningKey {
        let key = P384.Signing.PrivateKey()
        return SigningKey(kid: "p384", alg: "ES384", jwk: point("P-384", key.publicKey.rawRepresentation)) {
            try key.signature(for: $0).rawRepresentation
        }
    }

    static func p521() -> SigningKey {
        let key = P521.Signing.PrivateKey()
        return SigningKey(kid: "p521", alg: "ES512", jwk: point("P-521", key.publicKey.rawRepresentation)) {
            try key.signature(for: $0).rawRepresentation
        }
    }

    static func ed25519() -> SigningKey {
        let key = Curve25519.Signing.PrivateKey()
        let jwk = ["kty": "OKP", "crv": "Ed25519", "x": base64url(key.publicKey.rawRepresentation)]
        return SigningKey(kid: "ed", alg: "EdDSA", jwk: jwk) { try key.signature(for: $0) }
    }

    static func rsa(_ key: RSAKey, alg: String) -> SigningKey {
        SigningKey(kid: "rsa", alg: alg, jwk: key.jwk) { input in
            let padding: _RSA.Signing.Padding = alg.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
            let signature =
                switch alg.suffix(3) {
                case "384": try key.key.signature(for: SHA384.hash(data: input), padding: padding)
                case "512": try key.key.signature(for: SHA512.hash(data: input), padding: padding)
                default: try key.key.signature(for: SHA256.hash(data: input), padding: padding)
                }
            return signature.rawRepresentation
        }
    }

    private static func point(_ curve: String, _ raw: Data) -> [String: String] {
        let half = raw.count / 2
        return ["kty": "EC", "crv": curve, "x": base64url(raw.prefix(half)), "y": base64url(raw.suffix(half))]
    }
}

/// An RSA key, which takes long to make: one for all algorithms.
struct RSAKey: Sendable {
    let key: _RSA.Signing.PrivateKey
    let jwk: [String: String]

    init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let parts = try key.publicKey.getKeyPrimitives()
        jwk = ["kty": "RSA", "n": base64url(parts.modulus), "e": base64url(parts.publicExponent)]
    }

    /// What an attacker has of it.
    var pem: String { key.publicKey.pemRepresentation }
}

func base64url(_ data: some Sequence<UInt8>) -> String {
    Data(data).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// A server's keys, and tokens for it.
struct TokenLab {
    static let secret = "a secret of at least sixty-four bytes, so that it does for HS512 too"
    /// In milliseconds since 1970.
    static let now: Int64 = 1_800_000_000_000
    static var seconds: Int64 { now / 1000 }

    let folder: ScratchFolder
    let verifier: TokenVerifier

    /// - Parameter keys: the JWKs of the set, as texts; nil: there is none.
    init(secret: String? = secret, keys: [String]? = nil, rules: TokenRules = TokenRules()) throws {
        folder = try ScratchFolder()
        var store: KeyStore?
        if let keys {
            let file = try folder.file("keys.json", #"{"keys":[\#(keys.joined(separator: ","))]}"#)
            store = KeyStore(.file(file), logger: .silent)
        }
        verifier = TokenVerifier(
            secret: secret.flatMap { VerificationKey(secret: bytes($0)) }, keys: store, rules: rules)
    }

    /// nil: the token is believed.
    func fault(of token: String, at now: Int64 = now) async -> TokenFault? {
        do throws(TokenFault) {
            _ = try await verifier.verify(token, at: now)
            return nil
        } catch {
            return error
        }
    }

    /// Claims that are good for an hour, with more of them or others in their place.
    static func claims(_ more: [String: String] = [:], without: Set<String> = []) -> String {
        let usual = ["sub": #""ann""#, "exp": "\(seconds + 3600)", "iat": "\(seconds)"]
        let members = usual.merging(more) { _, new in new }.filter { !without.contains($0.key) }
        return "{" + members.sorted { $0.key < $1.key }.map { #""\#($0)":\#($1)"# }.joined(separator: ",") + "}"
    }
}

extension Logger {
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}
