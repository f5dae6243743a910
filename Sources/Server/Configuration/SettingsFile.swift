/// The text of the file that `PARLOR_CONFIG` names: one NAME=value a line, empty lines, and comments that begin with `#`.
struct SettingsFile {
    struct Variable: Equatable {
        let name: String
        let text: String
    }

    private(set) var variables: [Variable] = []
    private(set) var faults: [ConfigurationFault] = []

    /// - Parameter path: for faults.
    init(_ text: String, path: String) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(\.trimmed)
            guard parts.count == 2, !parts[0].isEmpty else {
                faults.append(.init(key: "\(path), line \(index + 1)", reason: "is not NAME=value"))
                continue
            }
            add(Variable(name: parts[0], text: parts[1]), path)
        }
    }

    private mutating func add(_ variable: Variable, _ path: String) {
        let key = "\(variable.name) (\(path))"
        if !variable.name.hasPrefix(Setting.prefix) {
            faults.append(.init(key: key, reason: "is no name of a setting: they begin with \(Setting.prefix)"))
        } else if variable.text.hasPrefix("\"") || variable.text.hasPrefix("'") {
            // Shells and container runtimes differ in what a quoted value is.
            faults.append(.init(key: key, reason: "values are not quoted here"))
        } else if variables.contains(where: { $0.name == variable.name }) {
            faults.append(.init(key: key, reason: "is there twice"))
        } else {
            variables.append(variable)
        }
    }
}

extension StringProtocol {
    /// Without the white space around it.
    var trimmed: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last].drop(while: \.isWhitespace))
    }
}
