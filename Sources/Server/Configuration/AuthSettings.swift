/// Whether clients come with tokens.
enum AuthPolicy: String, CaseIterable, Sendable {
    /// Nobody looks at tokens.
    case off
    /// Who comes without one is anonymous.
    case optional
    case required
}

/// Which tokens are believed.
struct AuthSettings: Sendable {
    let policy: AuthPolicy
    let secret: Secret?
    let keys: KeyLocation?
    let rules: TokenRules

    /// `required` without a key to check tokens with would let nobody in.
    init(_ reader: inout SettingReader) {
        policy = reader.choice(.auth) ?? .optional
        secret = Self.secret(&reader)
        keys = reader.value(.jwks, KeyLocation.expected, KeyLocation.init)
        rules = Self.rules(&reader)
        if policy == .required, !reader.isSaid(.jwtSecret), !reader.isSaid(.jwks) {
            reader.refuse(.auth, "needs \(Setting.jwtSecret.rawValue) or \(Setting.jwks.rawValue)")
        }
    }

    static func rules(_ reader: inout SettingReader) -> TokenRules {
        TokenRules(
            issuer: reader.value(.jwtIssuer, "a text") { $0.isEmpty ? nil : $0 },
            audience: reader.value(.jwtAudience, "a text") { $0.isEmpty ? nil : $0 })
    }

    static func secret(_ reader: inout SettingReader) -> Secret? {
        let expected = "a text of at least \(Limits.secretBytes) bytes, and no public key"
        return reader.value(.jwtSecret, expected) { text in
            // Everybody may have a public key, and could sign with it as a secret.
            text.utf8.count >= Limits.secretBytes && !text.hasPrefix("-----BEGIN") && !text.hasPrefix("{")
                ? Secret(verbatim: text) : nil
        }
    }
}
