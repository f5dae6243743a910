/// Text of strangers on its way to a terminal, which would obey some of it.
enum PlainText {
    /// The same text, with everything that is not seen or moves the cursor written out.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        return text.unicodeScalars.map { scalar in
            isHarmful(scalar) ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(Character(scalar))
        }.joined()
    }

    static func line(_ bytes: [UInt8]) -> String { line(String(decoding: bytes, as: UTF8.self)) }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }
}
