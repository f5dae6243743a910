import CryptoExtras
import Foundation
import NIOCore
import Testing

@testable import ParlorServer

@Suite struct KeySetTests {
    private static func set(_ keys: String...) -> [UInt8] { bytes(#"{"keys":[\#(keys.joined(separator: ","))]}"#) }

    @Test func `keys that cannot be used are passed over, and the others serve`() throws {
        let (p256, ed, rsa) = (SigningKey.p256(), SigningKey.ed25519(), SigningKey.rsa(try RSAKey(), alg: "RS256"))
        let small = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).publicKey.getKeyPrimitives()
        let unusable: [(String, String)] = [
            ("for encryption", p256.publicJWK(["use": "enc"])),
            ("only for signing", p256.publicJWK().replacing("}", with: #","key_ops":["sign"]}"#)),
            ("of another algorithm", p256.publicJWK(["alg": "ES384"])),
            ("of an algorithm of secrets", rsa.publicJWK(["alg": "HS256"])),
            ("of none", rsa.publicJWK(["alg": "none"])),
            ("a secret", SigningKey.secret(TokenLab.secret).publicJWK()),
            ("of 1024 bits", rsa.publicJWK(["n": base64url(small.modulus)])),
            ("with exponent 1", rsa.publicJWK(["e": "AQ"])),
            ("with an even exponent", rsa.publicJWK(["e": "AQAA"])),
            ("with padding", p256.publicJWK(["x": (p256.jwk["x"] ?? "") + "="])),
            ("off the curve", p256.publicJWK(["y": p256.jwk["x"]])),
            ("of another curve's size", p256.publicJWK(["crv": "P-384"])),
            ("on a curve nobody knows", p256.publicJWK(["crv": "secp256k1"])),
            ("on X25519", ed.publicJWK(["crv": "X25519"])),
            ("without a point", p256.publicJWK(["x": nil])),
            ("without a modulus", rsa.publicJWK(["n": nil])),
            ("without a kind", p256.publicJWK(["kty": nil])),
            ("a number", "7"),
            ("a list", "[]"),
        ]
        for (what, key) in unusable {
            let found = try KeySet(Self.set(key, ed.publicJWK()))
            #expect(found.keys.count == 1 && found.passedOver == 1, "\(what)")
        }
        let all = try KeySet(Self.set(p256.publicJWK(["alg": "ES256", "use": "sig"]), ed.publicJWK(), rsa.publicJWK()))
        #expect(all.keys.map(\.id) == ["p256", "ed", "rsa"] && all.passedOver == 0)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"keys":7}"#, #"{"keys":{}}"#, "<html>", #"{"keys":[],"keys":[]}"#,
        #"{"keys":[{"a":1,"a":2}]}"#,
    ]) func `what is no set is a fault`(text: String) {
        #expect(throws: KeySet.Fault.notAKeySet) { try KeySet(bytes(text)) }
    }

    @Test func `a set has its bounds`() throws {
        let key = SigningKey.ed25519().publicJWK()
        #expect(
            try KeySet(bytes(#"{"keys":[\#(Array(repeating: key, count: 64).joined(separator: ","))]}"#)).keys.count
                == 64)
        #expect(throws: KeySet.Fault.tooManyKeys) {
            try KeySet(bytes(#"{"keys":[\#(Array(repeating: key, count: 65).joined(separator: ","))]}"#))
        }
        #expect(throws: KeySet.Fault.tooLarge) {
            try KeySet(bytes(#"{"keys":[],"x":"\#(String(repeating: "x", count: Limits.keySetBytes))"}"#))
        }
    }
}

@Suite struct KeyCacheTests {
    private let known: UntrustedToken
    private let unknown: UntrustedToken
    private let set: KeySet

    init() throws {
        let (key, other) = (SigningKey.p256(), SigningKey.p384())
        known = try UntrustedToken(try key.token(TokenLab.claims()))
        unknown = try UntrustedToken(try other.token(TokenLab.claims()))
        set = try KeySet(bytes(#"{"keys":[\#(key.publicJWK())]}"#))
    }

    private func read(_ cache: inout KeyCache, _ set: KeySet?, at time: TimeAmount) {
        cache.beganReading(at: .at(time))
        cache.ended(with: set, at: .at(time))
    }

    @Test func `an unknown key is looked for at most once a minute, whatever comes of it`() {
        var cache = KeyCache()
        #expect(cache.need(for: known, at: .start) == .wait)
        read(&cache, nil, at: .zero)
        #expect(cache.need(for: known, at: .at(.seconds(59))) == .nothing, "it failed, and that counts too")
        #expect(cache.need(for: known, at: .at(.seconds(60))) == .wait)
        read(&cache, set, at: .seconds(60))
        #expect(cache.need(for: known, at: .at(.seconds(60))) == .nothing)
        #expect(cache.need(for: unknown, at: .at(.seconds(119))) == .nothing)
        #expect(cache.need(for: unknown, at: .at(.seconds(120))) == .wait)
    }

    @Test func `the reading at the start keeps nobody from the next one`() {
        var cache = KeyCache()
        cache.beganReading(at: nil)
        cache.ended(with: set, at: .start)
        #expect(cache.need(for: known, at: .start) == .nothing)
        #expect(cache.need(for: unknown, at: .start) == .wait)
    }

    @Test func `whoever needs a key that may be on its way waits for it, and nobody else does`() {
        var cache = KeyCache()
        read(&cache, set, at: .zero)
        cache.beganReading(at: .at(.minutes(2)))
        #expect(cache.need(for: unknown, at: .at(.minutes(3))) == .wait)
        #expect(cache.need(for: known, at: .at(.minutes(3))) == .nothing)
    }

    @Test func `keys that are old serve on while they are read again, for days if need be`() {
        var cache = KeyCache()
        read(&cache, set, at: .zero)
        #expect(cache.need(for: known, at: .at(.minutes(14))) == .nothing)
        #expect(cache.need(for: known, at: .at(.minutes(15))) == .refresh)
        read(&cache, nil, at: .minutes(15))
        #expect(cache.keys(for: known).count == 1)
        #expect(cache.need(for: known, at: .at(.minutes(15) + .seconds(59))) == .nothing)
        #expect(cache.need(for: known, at: .at(.hours(72))) == .refresh)
        #expect(cache.keys(for: known).count == 1)
    }

    @Test func `a key that was withdrawn is gone with the next reading`() throws {
        var cache = KeyCache()
        read(&cache, set, at: .zero)
        read(&cache, try KeySet(bytes(#"{"keys":[]}"#)), at: .minutes(15))
        #expect(cache.keys(for: known).isEmpty)
    }
}
