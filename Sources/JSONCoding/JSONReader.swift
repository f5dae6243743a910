/// Reads values from JSON text, which may be anybody's: the decoder that belongs to ``CanonicalJSON``.
///
/// It decodes from the scanner's slices, where Foundation's would copy the text and scan it once more.
public enum JSONReader {
    /// - Parameter userInfo: what the types that are read want to know beside the text.
    /// - Throws: ``JSONFault`` when it is no JSON, `DecodingError` when the text does not fit the type.
    public static func decode<T: Decodable>(
        _ type: T.Type, from text: ArraySlice<UInt8>, userInfo: [CodingUserInfoKey: Any] = [:]
    ) throws -> T {
        let value = try JSONScanner.value(in: text)
        return try T(from: ValueDecoder(text: value, userInfo: userInfo))
    }

    /// The same of a whole text.
    public static func decode<T: Decodable>(
        _ type: T.Type, from text: some Collection<UInt8>, userInfo: [CodingUserInfoKey: Any] = [:]
    ) throws -> T { try decode(type, from: ArraySlice(text), userInfo: userInfo) }

    /// Lays the members of one object over those of another, by name; the result has no order that means anything.
    /// nil when either is no object.
    public static func overlay(_ upper: ArraySlice<UInt8>, on lower: ArraySlice<UInt8>) throws(JSONFault) -> [UInt8]? {
        guard let upper = try JSONScanner.members(of: upper), let lower = try JSONScanner.members(of: lower) else {
            return nil
        }
        let chosen = Set(upper.map(\.key))
        var text: [UInt8] = [UInt8(ascii: "{")]
        for member in upper + lower.filter({ !chosen.contains($0.key) }) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            CanonicalJSON.append(member.key, to: &text)
            text.append(UInt8(ascii: ":"))
            text.append(contentsOf: member.value)
        }
        text.append(UInt8(ascii: "}"))
        return text
    }
}
