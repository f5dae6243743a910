/// What was said of each setting, and where: a flag beats the environment, the environment beats the file, the file beats
/// the default. An empty variable is one that was not set; what starts a server often passes on what it has not.
struct SettingValues: Sendable {
    enum Source: Equatable, Sendable {
        case flag
        case environment
        /// The file that `PARLOR_CONFIG` names.
        case file(String)
        case preset
    }

    struct Value: Equatable, Sendable {
        let text: String
        let source: Source
    }

    private var values: [Setting: Value] = [:]
    /// What is wrong already: names that there are not, files that cannot be read.
    private(set) var faults: [ConfigurationFault] = []

    init(flags: [Setting: String], environment: [String: String]) {
        for (setting, text) in flags { values[setting] = Value(text: text, source: .flag) }
        let variables = environment.filter { $0.key.hasPrefix(Setting.prefix) }.sorted { $0.key < $1.key }
        take(variables.map { .init(name: $0.key, text: $0.value) }, from: .environment)
        if let path = self[.config]?.text { readFile(path) }
    }

    /// nil: nobody said anything, and there is no default.
    subscript(setting: Setting) -> Value? {
        if let value = values[setting] { return value }
        guard case .value(let text) = setting.row.preset else { return nil }
        return Value(text: text, source: .preset)
    }

    /// What a fault about the setting is filed under.
    func key(of setting: Setting) -> String { setting.key(in: self[setting]?.source ?? .preset) }

    // MARK: Reading

    private mutating func readFile(_ path: String) {
        do throws(UnreadableFile) {
            let file = SettingsFile(String(decoding: try OperatorFile.read(path), as: UTF8.self), path: path)
            faults += file.faults
            take(file.variables, from: .file(path))
        } catch {
            faults.append(.init(key: key(of: .config), reason: error.description))
        }
    }

    private mutating func take(_ variables: [SettingsFile.Variable], from source: Source) {
        let given = Set(variables.lazy.filter { !$0.text.isEmpty }.map(\.name))
        for variable in variables {
            let (name, text) = (variable.name, variable.text)
            if let setting = Setting(rawValue: name) {
                if setting == .config, source != .environment {
                    faults.append(.init(key: setting.key(in: source), reason: "a file cannot name another one"))
                }
                take(text, for: setting, from: source)
            } else if let setting = Setting(fileVariable: name) {
                if given.isSuperset(of: [name, setting.rawValue]) {
                    faults.append(.init(key: setting.key(in: source), reason: "\(name) is set too: give one of them"))
                }
                takeSecret(at: text, for: setting, from: source)
            } else if !text.isEmpty || !Setting.unsupported.contains(name) {
                faults.append(.init(key: "\(name) (\(source.description(for: nil)))", reason: Self.refusal(of: name)))
            }
        }
    }

    private mutating func take(_ text: String, for setting: Setting, from source: Source) {
        guard !text.isEmpty, values[setting] == nil else { return }
        values[setting] = Value(text: text, source: source)
    }

    private mutating func takeSecret(at path: String, for setting: Setting, from source: Source) {
        guard !path.isEmpty, values[setting] == nil else { return }
        do throws(UnreadableFile) {
            // Editors end a file with a newline, which is no part of the secret.
            let text = String(decoding: try OperatorFile.read(path), as: UTF8.self).trimmed
            take(text, for: setting, from: source)
            if text.isEmpty { throw UnreadableFile(path: path, cause: .empty) }
        } catch {
            let name = setting.fileVariable ?? setting.rawValue
            faults.append(.init(key: "\(name) (\(source.description(for: nil)))", reason: error.description))
        }
    }

    private static func refusal(of name: String) -> String {
        if Setting.unsupported.contains(name) { return "is not supported by this version" }
        if name.hasPrefix("PARLOR_SERVICE_") || name.hasPrefix("PARLOR_PORT_") {
            return "Kubernetes sets this for a service named parlor: switch enableServiceLinks off"
        }
        let withoutSuffix = String(name.dropLast(Setting.fileSuffix.count))
        if name.hasSuffix(Setting.fileSuffix), Setting(rawValue: withoutSuffix) != nil {
            return "only a secret is read from a file of its own"
        }
        let names = Setting.allCases.flatMap { [$0.rawValue, $0.fileVariable].compactMap(\.self) }
        return "there is no such setting" + ClosestName.hint(name, among: names)
    }
}

extension SettingValues.Source {
    /// Where a value comes from, for people.
    func description(for setting: Setting?) -> String {
        switch self {
        case .flag: setting?.flag.map { "--\($0)" } ?? "flag"
        case .environment: "environment"
        case .file(let path): path
        case .preset: "default"
        }
    }
}

extension Setting {
    fileprivate func key(in source: SettingValues.Source) -> String {
        "\(rawValue) (\(source.description(for: self)))"
    }
}
