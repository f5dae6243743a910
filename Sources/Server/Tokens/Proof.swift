internal import SessionStore

/// Who somebody has proved to be, and until when that holds. Times are milliseconds since 1970.
struct Proof: Equatable, Sendable {
    let user: UserID
    let expiresAt: Int64
    let issuedAt: Int64?
    /// What the token says of rooms: whoever comes with it is let into no others.
    let pass: RoomPass?

    init(_ claims: TokenClaims) throws(TokenFault) {
        guard let user = claims.subject.flatMap({ UserID(untrusted: $0) }) else { throw .badSubject }
        self.user = user
        expiresAt = claims.expiresAt
        issuedAt = claims.issuedAt
        pass = claims.pass
    }
}
