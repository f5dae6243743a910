/// How a token may be signed (RFC 7518, section 3.1, and RFC 8037). `none` is not among them.
enum TokenAlgorithm: String, CaseIterable, Sendable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// What a secret signs with. Where it is shorter than the hash it adds less than the name promises (RFC 7518, section
    /// 3.2), so that only the shorter hashes are left to it.
    static func ofSecret(bytes: Int) -> Set<Self> {
        Set([(hs256, 32), (hs384, 48), (hs512, 64)].filter { bytes >= $0.1 }.map(\.0))
    }
    static let ofRSA: Set<Self> = [rs256, rs384, rs512, ps256, ps384, ps512]
}
