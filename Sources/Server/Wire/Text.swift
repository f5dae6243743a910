internal import Foundation

/// Names and chat, as people write them. Untrusted; checked here and nowhere else.
enum PlayerName {
    /// The name as the room shows it.
    /// - Throws: `bad_message` for the field `name`.
    static func check(_ text: String) throws(Problem) -> String {
        let name = text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
        guard 1...Limits.nameGraphemes ~= name.count, name.utf8.count <= Limits.nameBytes else {
            throw .badField("name", "A name has 1 to \(Limits.nameGraphemes) characters.")
        }
        guard name.unicodeScalars.allSatisfy({ !$0.isInvisible }) else {
            throw .badField("name", "A name has no control or format characters.")
        }
        return name
    }
}

enum ChatText {
    /// - Throws: `bad_message` for the field `text`.
    static func check(_ text: String) throws(Problem) -> String {
        let line = text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
        guard 1...Limits.chatScalars ~= line.unicodeScalars.count, line.utf8.count <= Limits.chatBytes else {
            throw .badField("text", "A chat line has 1 to \(Limits.chatScalars) characters.")
        }
        guard line.unicodeScalars.allSatisfy({ $0 == "\n" || !$0.isInvisible }) else {
            throw .badField("text", "A chat line has no control or format characters.")
        }
        return line
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
