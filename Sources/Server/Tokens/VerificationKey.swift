internal import JWTKit

/// A key that signatures are checked with, and the algorithms it is for: those that its kind allows, or the one that its
/// owner named. So no token can have a key used for something else (RFC 8725, section 3.1).
struct VerificationKey: Sendable {
    enum Material: Sendable {
        case secret(HMACKey)
        case rsa(JWTKit.Insecure.RSA.PublicKey)
        case p256(ES256PublicKey)
        case p384(ES384PublicKey)
        case p521(ES512PublicKey)
        case ed25519(EdDSA.PublicKey)
    }

    /// nil: any token may be tried with it, whatever key it names.
    let id: String?
    let algorithms: Set<TokenAlgorithm>
    private let material: Material

    /// - Parameter declared: the algorithm that the key's owner named, untrusted; nil: whatever the kind allows.
    /// - Returns: nil when the key is not for that algorithm.
    init?(id: String?, declared: String? = nil, _ material: Material, _ allowed: Set<TokenAlgorithm>) {
        let algorithms = declared.map { name in allowed.filter { $0.rawValue == name } } ?? allowed
        guard !algorithms.isEmpty else { return nil }
        self.id = id
        self.algorithms = algorithms
        self.material = material
    }

    /// - Returns: nil when it is too short for any algorithm.
    init?(secret: [UInt8]) {
        self.init(id: nil, .secret(HMACKey(from: secret)), TokenAlgorithm.ofSecret(bytes: secret.count))
    }

    /// Whether the token may be checked with this key at all.
    func fits(_ token: UntrustedToken) -> Bool {
        algorithms.contains(token.algorithm) && (id == nil || token.keyID == nil || id == token.keyID)
    }

    /// - Precondition: the key fits the token.
    func hasSigned(_ token: UntrustedToken) async -> Bool {
        // A collection of this key alone, for this algorithm alone: there is nothing left that the header could choose.
        let keys = JWTKeyCollection()
        switch (material, token.algorithm) {
        case (.secret(let key), .hs256): await keys.add(hmac: key, digestAlgorithm: .sha256)
        case (.secret(let key), .hs384): await keys.add(hmac: key, digestAlgorithm: .sha384)
        case (.secret(let key), .hs512): await keys.add(hmac: key, digestAlgorithm: .sha512)
        case (.rsa(let key), .rs256): await keys.add(rsa: key, digestAlgorithm: .sha256)
        case (.rsa(let key), .rs384): await keys.add(rsa: key, digestAlgorithm: .sha384)
        case (.rsa(let key), .rs512): await keys.add(rsa: key, digestAlgorithm: .sha512)
        case (.rsa(let key), .ps256): await keys.add(pss: key, digestAlgorithm: .sha256)
        case (.rsa(let key), .ps384): await keys.add(pss: key, digestAlgorithm: .sha384)
        case (.rsa(let key), .ps512): await keys.add(pss: key, digestAlgorithm: .sha512)
        case (.p256(let key), .es256): await keys.add(ecdsa: key)
        case (.p384(let key), .es384): await keys.add(ecdsa: key)
        case (.p521(let key), .es512): await keys.add(ecdsa: key)
        case (.ed25519(let key), .edDSA): await keys.add(eddsa: key)
        default: return false
        }
        return (try? await keys.verify(token.text, as: SignedOnly.self)) != nil
    }
}

/// The claims are read and checked by ``TokenClaims`` and ``TokenRules``; here the signature alone counts.
private struct SignedOnly: JWTPayload {
    func verify(using algorithm: some JWTAlgorithm) {}
}
