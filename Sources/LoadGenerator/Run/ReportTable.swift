internal import Foundation

/// The report as people read it.
extension Report {
    public var table: String {
        var rows: [(String, String)] = [
            ("scenario", scenario),
            (
                "asked for",
                parameters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            ),
            ("connections", "\(connections)"),
            ("sent", "\(sent.messages) messages, \(sent.bytes) bytes"),
            ("received", "\(received.messages) messages, \(received.bytes) bytes, \(received.reads ?? 0) reads"),
            ("deliveries", "\(deliveries), \(Self.text(perSecond)) a second"),
        ]
        if let latency {
            rows.append(
                (
                    "latency",
                    "p50 \(Self.text(latency.p50)), p90 \(Self.text(latency.p90)), p99 \(Self.text(latency.p99)), "
                        + "p99.9 \(Self.text(latency.p999)), most \(Self.text(latency.max)) microseconds"
                ))
        }
        if late > 0 { rows.append(("late", "\(late) sends went out more than 10 ms after they were due")) }
        if let server { rows += Self.rows(server) }
        for (code, count) in refusals.sorted(by: { $0.key < $1.key }) { rows.append(("refused", "\(count) \(code)")) }
        rows += faults.map { ("fault", $0) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { $0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $1 }.joined(separator: "\n")
    }

    private static func rows(_ server: Server) -> [(String, String)] {
        var cpu = "\(text(server.cpuSeconds)) s, \(text(server.cores)) cores"
        if let perDelivery = server.microsecondsPerDelivery { cpu += ", \(text(perDelivery)) microseconds a delivery" }
        if let perMessage = server.microsecondsPerMessage { cpu += ", \(text(perMessage)) a message sent" }
        return [
            ("server", cpu),
            (
                "memory",
                "\(server.residentBefore / 1024) KiB before, \(server.residentAfter / 1024) KiB after, of which "
                    + "\(server.privateAfter / 1024) KiB are its own; \(server.threads) threads"
            ),
        ]
    }

    private static func text(_ number: Double) -> String { String(format: "%.\(number < 10 ? 2 : 0)f", number) }
}
