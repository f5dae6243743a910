/// Which tokens are meant for this server, and when they count. Pure.
struct TokenRules: Equatable, Sendable {
    /// nil: whoever has the key may issue.
    var issuer: String?
    /// What this server is called in `aud`. nil: only tokens that name nobody are for it (RFC 7519, section 4.1.3).
    var audience: String?

    /// - Parameters:
    ///   - claims: of a token whose signature is good.
    ///   - now: milliseconds since 1970.
    func check(_ claims: TokenClaims, at now: Int64) throws(TokenFault) {
        let skew = Limits.clockSkew.milliseconds
        guard now < claims.expiresAt + skew else { throw .expired }
        // One from the future would outlive every revocation.
        guard max(claims.notBefore ?? 0, claims.issuedAt ?? 0) <= now + skew else { throw .notYetValid }
        guard issuer == nil || claims.issuer == issuer else { throw .wrongIssuer }
        let isForUs = audience.map { claims.audiences?.contains($0) == true } ?? (claims.audiences == nil)
        guard isForUs else { throw .wrongAudience }
    }
}
