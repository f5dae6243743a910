/// What `parlor check` says of one thing, in one line.
struct Finding: Equatable, Sendable {
    enum Verdict: String, Sendable {
        case ok
        /// It works, and will one day cost somebody something.
        case warning
        /// The server would not start, or lose what it promised to keep.
        case fault
    }

    let verdict: Verdict
    /// What was looked at, in a word.
    let part: String
    let text: String

    static func ok(_ part: String, _ text: String) -> Finding { Finding(verdict: .ok, part: part, text: text) }
    static func warning(_ part: String, _ text: String) -> Finding {
        Finding(verdict: .warning, part: part, text: text)
    }
    static func fault(_ part: String, _ text: String) -> Finding { Finding(verdict: .fault, part: part, text: text) }

    var line: String { Self.padded(verdict.rawValue, 9) + Self.padded(part, 13) + text }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
