/// Turns what was said into values and collects what is wrong on the way. What stands in for a faulty value does not
/// matter: with a fault there is no configuration.
struct SettingReader {
    private let values: SettingValues
    private(set) var faults: [ConfigurationFault]

    init(_ values: SettingValues) {
        self.values = values
        faults = values.faults
    }

    func isSaid(_ setting: Setting) -> Bool { values[setting].map { $0.source != .preset } ?? false }

    mutating func refuse(_ setting: Setting, _ reason: String) {
        faults.append(.init(key: values.key(of: setting), reason: reason))
    }

    mutating func add(_ more: [ConfigurationFault]) { faults += more }

    /// The value that `parse` makes of the text; nil when there is none or it is no such value.
    mutating func value<Value>(_ setting: Setting, _ expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = values[setting]?.text else { return nil }
        if let value = parse(text) { return value }
        refuse(setting, setting.isSecret ? "is not \(expected)" : "\"\(text)\" is not \(expected)")
        return nil
    }

    /// The value that `parse` makes of the text; nil when there is none or `parse` says what is wrong with it.
    mutating func value<Value, Fault: Error>(
        _ setting: Setting, _ parse: (String) throws(Fault) -> Value
    ) -> Value? {
        guard let text = values[setting]?.text else { return nil }
        do throws(Fault) {
            return try parse(text)
        } catch {
            refuse(setting, "\(error)")
            return nil
        }
    }

    /// The values of a list with commas; empty when there is none.
    mutating func list<Value>(_ setting: Setting, _ expected: String, _ parse: (String) -> Value?) -> [Value] {
        guard let text = values[setting]?.text else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed).compactMap { element in
            if let value = parse(element) { return value }
            refuse(setting, "\"\(element)\" is not \(expected)")
            return nil
        }
    }

    mutating func integer(_ setting: Setting, in range: ClosedRange<Int>) -> Int? {
        value(setting, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A limit; 0: none.
    mutating func count(_ setting: Setting) -> Int { integer(setting, in: 0...SettingBounds.count) ?? 0 }

    /// A limit; 0: none.
    mutating func byteCount(_ setting: Setting) -> Int {
        let bytes = value(setting, "\(ByteCountText.expected), from 1KiB to 1GiB, or 0") { text in
            ByteCountText.read(text).flatMap { $0 == 0 || SettingBounds.byteCount.contains($0) ? $0 : nil }
        }
        return bytes ?? 0
    }

    mutating func time(_ setting: Setting) -> Duration {
        let most = SettingBounds.time
        let time = value(setting, "\(DurationText.expected), at most \(most.components.seconds)s") { text in
            DurationText.read(text).flatMap { $0 <= most ? $0 : nil }
        }
        return time ?? .zero
    }

    /// One of a few words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ setting: Setting) -> Choice?
    where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return value(setting, "one of \(words)", Choice.init(rawValue:))
    }

    /// The path of a file that can be read.
    mutating func file(_ setting: Setting) -> String? {
        value(setting, "a file that can be read") { OperatorFile.isReadable($0) ? $0 : nil }
    }
}

/// How far an operator may go with settings; values beyond these are slips of the keyboard.
enum SettingBounds {
    /// No process has room for more of anything that is counted here.
    static let count = 1_000_000
    /// An hour: no service manager waits longer for a server to stop.
    static let time = Duration.seconds(3600)
    /// Less than 10 ms a healthy Redis takes when its machine is busy; after a minute nobody waits any more.
    static let redisDeadline = Duration.milliseconds(10)...Duration.seconds(60)
    /// A connection's outbox must hold a few messages, and thousands of them must fit the machine.
    static let byteCount = 1024...1024 * 1024 * 1024
    /// More than any machine has cores.
    static let threads = 1...1024
}
