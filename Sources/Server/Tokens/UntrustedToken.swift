internal import JSONCoding
internal import RoomEngine

/// A token as it came (RFC 7519; a JWS in compact form, RFC 7515): three parts, the first two of them JSON, of which nothing
/// is believed yet. Pure.
///
/// Its header is asked for two things, and neither decides anything: a key is looked for by its id, and the key says whether
/// it may be used with that algorithm. Where the header offers keys of its own (`jwk`, `jku`, `x5c`, `x5u`), nobody looks.
struct UntrustedToken: Sendable {
    /// All three parts, with the dots.
    let text: [UInt8]
    let algorithm: TokenAlgorithm
    let keyID: String?
    let claims: TokenClaims

    /// - Parameter text: untrusted.
    init(_ text: String) throws(TokenFault) {
        guard text.utf8.count <= Limits.tokenBytes else { throw .tooLong }
        self.text = Array(text.utf8)
        let parts = self.text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, Base64URL.decode(parts[2]) != nil else { throw .malformed }
        let header = ClaimReader(try Self.members(of: parts[0]))
        // Extensions that must be understood (RFC 7515, section 4.1.11): there is none that is.
        guard !header.has("crit") else { throw .malformed }
        guard let name = try header.string("alg") else { throw .malformed }
        guard let algorithm = TokenAlgorithm(rawValue: name) else { throw .unknownAlgorithm }
        self.algorithm = algorithm
        keyID = try header.string("kid")
        claims = try TokenClaims(ClaimReader(try Self.members(of: parts[1])))
    }

    /// The scanner refuses members that stand twice, of which readers differ in the one that counts.
    private static func members(of part: ArraySlice<UInt8>) throws(TokenFault) -> [JSONScanner.Member] {
        guard let bytes = Base64URL.decode(part), String(validating: bytes, as: UTF8.self) != nil,
            let members = (try? JSONScanner.members(of: bytes[...])) ?? nil
        else { throw .malformed }
        return members
    }
}
