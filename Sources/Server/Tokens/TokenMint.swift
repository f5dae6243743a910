internal import FoundationEssentials
internal import JWTKit
internal import SessionStore

/// Makes tokens, for development and for invitations by script. What it makes this server believes.
struct TokenMint {
    private struct Claims: JWTPayload {
        let sub: String
        let iat: Int64
        let exp: Int64
        let iss: String?
        let aud: String?
        let room: String?
        let game: String?
        let role: String?

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    let secret: Secret
    let rules: TokenRules

    /// - Parameter now: seconds since 1970.
    func mint(_ user: UserID, _ pass: RoomPass = RoomPass(), for life: Duration, at now: Int64) async throws -> String {
        let claims = Claims(
            sub: user.text, iat: now, exp: now + life.components.seconds, iss: rules.issuer, aud: rules.audience,
            room: pass.room?.rawValue, game: pass.gameType, role: pass.role?.rawValue)
        let keys = await JWTKeyCollection().add(hmac: HMACKey(from: secret.text), digestAlgorithm: .sha256)
        return try await keys.sign(claims)
    }
}
