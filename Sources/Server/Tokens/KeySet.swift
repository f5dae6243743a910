internal import JSONCoding
internal import FoundationEssentials
internal import JWTKit
internal import RoomEngine

/// A JWK Set (RFC 7517), as far as this server can use it: keys for signatures, asymmetric and strong enough. What is not
/// usable is passed over, as the RFC asks; what is no set at all is a fault.
struct KeySet: Sendable {
    enum Fault: Error, CustomStringConvertible {
        case notAKeySet
        case tooLarge
        case tooManyKeys

        var description: String {
            switch self {
            case .notAKeySet: "it is no JWK set"
            case .tooLarge: "it is larger than \(Limits.keySetBytes) bytes"
            case .tooManyKeys: "it has more than \(Limits.keysInSet) keys"
            }
        }
    }

    let keys: [VerificationKey]
    /// How many there were that cannot be used.
    let passedOver: Int

    /// - Parameter text: from a file or a server; not trusted to be small, or to be a set.
    init(_ text: [UInt8]) throws(Fault) {
        guard text.count <= Limits.keySetBytes else { throw .tooLarge }
        // The scanner first: no key may have a member twice.
        guard let members = (try? JSONScanner.members(of: text[...])) ?? nil,
            let list = members.first(where: { $0.key == "keys" })?.value,
            let all = try? JSONReader.decode([Entry].self, from: list)
        else { throw .notAKeySet }
        guard all.count <= Limits.keysInSet else { throw .tooManyKeys }
        keys = all.compactMap { $0.written?.key }
        passedOver = all.count - keys.count
    }
}

/// One element of the list, which may be anything.
private struct Entry: Decodable {
    let written: WrittenKey?

    init(from decoder: any Decoder) throws { written = try? WrittenKey(from: decoder) }
}

/// A JWK. Only its public part is read: private members are nobody's business here.
private struct WrittenKey: Decodable {
    let kty: String
    let use: String?
    let key_ops: [String]?
    let alg: String?
    let kid: String?
    let crv: String?
    let n, e, x, y: String?

    /// nil: not a key that tokens can be checked with.
    var key: VerificationKey? {
        guard use ?? "sig" == "sig", key_ops?.contains("verify") ?? true else { return nil }
        return switch (kty, crv) {
        case ("RSA", _): rsa
        case ("EC", "P-256"): point(32, .es256) { .p256(try ES256PublicKey(parameters: $0)) }
        case ("EC", "P-384"): point(48, .es384) { .p384(try ES384PublicKey(parameters: $0)) }
        case ("EC", "P-521"): point(66, .es512) { .p521(try ES512PublicKey(parameters: $0)) }
        case ("OKP", "Ed25519"): ed25519
        // Among them "oct": a secret that everybody can fetch is none.
        default: nil
        }
    }

    private var rsa: VerificationKey? {
        guard let n = Self.checked(n), let e = Self.checked(e), let modulus = Base64URL.decode(n.utf8),
            let exponent = Base64URL.decode(e.utf8),
            Limits.rsaBits.contains(modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 8)),
            // With an exponent of 1 a signature is the message, and an even one belongs to no key.
            exponent.count > 1 || exponent.first ?? 0 > 2, exponent.last ?? 0 & 1 == 1,
            let key = try? JWTKit.Insecure.RSA.PublicKey(modulus: n, exponent: e)
        else { return nil }
        return VerificationKey(id: kid, declared: alg, .rsa(key), TokenAlgorithm.ofRSA)
    }

    private func point(
        _ bytes: Int, _ algorithm: TokenAlgorithm, _ make: (ECDSAParameters) throws -> VerificationKey.Material
    ) -> VerificationKey? {
        guard let x = Self.checked(x, bytes: bytes), let y = Self.checked(y, bytes: bytes),
            let material = try? make((x: x, y: y))
        else { return nil }
        return VerificationKey(id: kid, declared: alg, material, [algorithm])
    }

    private var ed25519: VerificationKey? {
        guard let x = Self.checked(x, bytes: 32), let key = try? EdDSA.PublicKey(x: x, curve: .ed25519) else {
            return nil
        }
        return VerificationKey(id: kid, declared: alg, .ed25519(key), [.edDSA])
    }

    /// The same text, if it is base64url of so many bytes.
    private static func checked(_ text: String?, bytes count: Int? = nil) -> String? {
        guard let text, let bytes = Base64URL.decode(text.utf8), !bytes.isEmpty, bytes.count == count ?? bytes.count
        else {
            return nil
        }
        return text
    }
}
