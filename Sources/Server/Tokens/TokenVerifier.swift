/// Whether a token is what it says: signed by a key of this server's operator, for this server, and now.
struct TokenVerifier: Sendable {
    let secret: VerificationKey?
    let keys: KeyStore?
    let rules: TokenRules

    /// - Parameters:
    ///   - text: untrusted.
    ///   - now: milliseconds since 1970.
    func verify(_ text: String, at now: Int64) async throws(TokenFault) -> TokenClaims {
        let token = try UntrustedToken(text)
        var candidates = [secret].compactMap(\.self).filter { $0.fits(token) }
        if let keys { candidates += await keys.keys(for: token) }
        guard !candidates.isEmpty else { throw .unknownKey }
        for key in candidates.prefix(Limits.keysTried) where await key.hasSigned(token) {
            try rules.check(token.claims, at: now)
            return token.claims
        }
        throw .badSignature
    }
}
