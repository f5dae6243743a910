internal import Foundation

/// Names and chat, as people write them. Untrusted; checked here and nowhere else.
enum PlayerName {
    /// The name as the room shows it.
    /// - Throws: `bad_message` for the field `name`.
    static func check(_ text: String) throws(Problem) -> String {
        let name = text.composedAndTrimmed
        guard 1...Limits.nameGraphemes ~= name.count, name.utf8.count <= Limits.nameBytes else {
            throw .badField("name", "A name has 1 to \(Limits.nameGraphemes) characters.")
        }
        guard name.isPlain || name.unicodeScalars.allSatisfy({ !$0.isInvisible }) else {
            throw .badField("name", "A name has no control or format characters.")
        }
        return name
    }
}

enum ChatText {
    /// - Throws: `bad_message` for the field `text`.
    static func check(_ text: String) throws(Problem) -> String {
        let line = text.composedAndTrimmed
        guard 1...Limits.chatScalars ~= line.unicodeScalars.count, line.utf8.count <= Limits.chatBytes else {
            throw .badField("text", "A chat line has 1 to \(Limits.chatScalars) characters.")
        }
        guard line.isPlain || line.unicodeScalars.allSatisfy({ $0 == "\n" || !$0.isInvisible }) else {
            throw .badField("text", "A chat line has no control or format characters.")
        }
        return line
    }
}

extension String {
    /// Printable ASCII alone, as most of what people write is: the same when composed, and all of it visible.
    fileprivate var isPlain: Bool { utf8.allSatisfy { 0x20...0x7e ~= $0 } }

    fileprivate var composedAndTrimmed: String {
        if isPlain, utf8.first != 0x20, utf8.last != 0x20 { return self }
        return precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension Unicode.Scalar {
    /// Control and format characters and whatever is no character: what can fake another's name or turn a line around.
    fileprivate var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
