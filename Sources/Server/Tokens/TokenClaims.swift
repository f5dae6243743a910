internal import JSONCoding
internal import FoundationEssentials
internal import RoomEngine

/// What a token says (RFC 7519, section 4.1), in this server's types. Times are milliseconds since 1970. Whether it is true
/// is another question.
struct TokenClaims: Equatable, Sendable {
    let subject: String?
    let issuer: String?
    /// nil: it is for anybody.
    let audiences: [String]?
    let expiresAt: Int64
    let notBefore: Int64?
    let issuedAt: Int64?
    /// nil: it speaks of no room.
    let pass: RoomPass?

    init(_ reader: ClaimReader) throws(TokenFault) {
        subject = try reader.string("sub")
        issuer = try reader.string("iss")
        audiences = try reader.strings("aud")
        // One that never ends could never be taken back.
        guard let expiresAt = try reader.time("exp") else { throw .malformed }
        self.expiresAt = expiresAt
        notBefore = try reader.time("nbf")
        issuedAt = try reader.time("iat")
        pass = try RoomPass(reader)
    }
}

/// The members of a token's header or payload, read by name. A member of the wrong kind is a fault of the whole token.
struct ClaimReader {
    private let members: [JSONScanner.Member]

    init(_ members: [JSONScanner.Member]) { self.members = members }

    func has(_ name: String) -> Bool { raw(name) != nil }

    func string(_ name: String) throws(TokenFault) -> String? {
        guard let raw = raw(name) else { return nil }
        guard let text = JSONScanner.string(raw) else { throw .malformed }
        return text
    }

    /// One, or a list of them.
    func strings(_ name: String) throws(TokenFault) -> [String]? {
        guard let raw = raw(name) else { return nil }
        if let text = JSONScanner.string(raw) { return [text] }
        guard let texts = try? JSONReader.decode([String].self, from: raw) else { throw .malformed }
        return texts
    }

    /// A NumericDate (RFC 7519, section 2): seconds since 1970, maybe with a fraction.
    func time(_ name: String) throws(TokenFault) -> Int64? {
        guard let raw = raw(name) else { return nil }
        guard let seconds = Double(String(decoding: raw, as: UTF8.self)), Self.years.contains(seconds) else {
            throw .malformed
        }
        return Int64(seconds * 1000)
    }

    private func raw(_ name: String) -> ArraySlice<UInt8>? { members.first { $0.key == name }?.value }

    /// Up to the year 9999: what is beyond is no date, and the sums made with it would be no numbers.
    private static let years = 0.0...253_402_300_799
}
