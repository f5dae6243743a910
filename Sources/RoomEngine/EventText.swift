internal import JSONCoding

/// The wire's form of a game's event: from `{"rolled":{"seat":0}}`, which is how an enum encodes itself, to
/// `{"event":"rolled","seat":0}`.
enum EventText {
    struct NotAnEnum: Error {}

    static func encode(_ event: some Encodable) throws -> String {
        let bytes = try CanonicalJSON.encode(event)
        guard let members = try JSONScanner.members(of: bytes[...]), let name = members.first, members.count == 1,
            name.value.first == UInt8(ascii: "{")
        else { throw NotAnEnum() }
        var text: [UInt8] = Array(#"{"event":"#.utf8)
        CanonicalJSON.append(name.key, to: &text)
        if name.value.count > 2 { text.append(UInt8(ascii: ",")) }
        text.append(contentsOf: name.value.dropFirst())
        return String(decoding: text, as: UTF8.self)
    }
}
