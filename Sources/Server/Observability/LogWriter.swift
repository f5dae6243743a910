internal import JSONCoding
internal import Foundation
internal import Logging
internal import RoomEngine

/// Writes log lines to standard error, for people or, as JSON, for machines.
struct LogWriter: LogHandler {
    let format: LogFormat
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    init(format: LogFormat) { self.format = format }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line =
            switch format {
            case .text: text(event, facts)
            case .json: json(event, facts)
            }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    private func text(_ event: LogEvent, _ facts: [(key: String, value: Logger.MetadataValue)]) -> String {
        let facts = facts.map { " \($0.key)=\($0.value)" }.joined()
        return "\(Self.now) \(event.level) \(event.message)\(facts)"
    }

    private static var now: String { Date.now.ISO8601Format(.init(includingFractionalSeconds: true)) }

    private func json(_ event: LogEvent, _ facts: [(key: String, value: Logger.MetadataValue)]) -> String {
        var text: [UInt8] = [UInt8(ascii: "{")]
        let fixed: [(key: String, value: String)] = [
            ("time", Self.now), ("level", "\(event.level)"), ("message", "\(event.message)"),
        ]
        for (key, value) in fixed + facts.map({ ($0.key, "\($0.value)") }) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            CanonicalJSON.append(key, to: &text)
            text.append(UInt8(ascii: ":"))
            CanonicalJSON.append(value, to: &text)
        }
        return String(decoding: text, as: UTF8.self) + "}"
    }
}
