internal import Foundation
internal import Histogram

/// What a load came to: the line of JSON that programs read. Times are microseconds, sizes bytes.
public struct Report: Encodable, Sendable {
    struct Counts: Encodable, Equatable {
        var messages: Int
        var bytes: Int
        var reads: Int?
    }

    struct Latency: Encodable, Equatable {
        let count: UInt64
        let p50, p90, p99, p999, max, mean: Double
    }

    struct Server: Encodable, Equatable {
        let cpuSeconds: Double
        let cores: Double
        var microsecondsPerDelivery: Double?
        var microsecondsPerMessage: Double?
        let residentBefore: Int
        let residentAfter: Int
        let privateBefore: Int
        let privateAfter: Int
        let threads: Int
    }

    let scenario: String
    let parameters: [String: Parameter]
    let seconds: Double
    let connections: Int
    let sent: Counts
    let received: Counts
    let deliveries: Int
    let perSecond: Double
    let latency: Latency?
    let late: Int
    let refusals: [String: Int]
    let faults: [String]
    let server: Server?
    /// Whether all was as the protocol and the scenario have it.
    let isClean: Bool

    private enum CodingKeys: CodingKey {
        case scenario, parameters, seconds, connections, sent, received, deliveries, perSecond, latency, late, refusals,
            faults, server
    }

    init(_ scenario: any Scenario, _ tally: Tally, seconds: Double, server: Server?) {
        self.scenario = type(of: scenario).name
        parameters = scenario.parameters
        self.seconds = seconds
        connections = scenario.connectionsInAll
        sent = Counts(messages: tally.sent.messages, bytes: tally.sent.bytes)
        received = Counts(messages: tally.received.messages, bytes: tally.received.bytes, reads: tally.reads)
        deliveries = tally.deliveries
        perSecond = Self.rounded(Double(deliveries) / seconds)
        latency = Self.latency(tally)
        late = tally.late
        refusals = tally.refusals
        faults = tally.faults.sorted { $0.key < $1.key }.map {
            $0.value == 1 ? $0.key : "\($0.key) (\($0.value) times)"
        }
        self.server = server.map { Self.perMessage($0, tally) }
        isClean = faults.isEmpty && tally.refusals.keys.allSatisfy(scenario.expectedRefusals.contains)
    }

    /// 0 when it is clean.
    public var exitCode: Int32 { isClean ? 0 : 1 }

    /// One line.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func latency(_ tally: Tally) -> Latency? {
        let all = tally.latencies
        guard all.totalCount > 0 else { return nil }
        func at(_ percentile: Double) -> Double { rounded(Double(all.valueAtPercentile(percentile)) / 1000) }
        return Latency(
            count: all.totalCount, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9),
            max: rounded(Double(all.max) / 1000), mean: rounded(all.mean / 1000))
    }

    private static func perMessage(_ server: Server, _ tally: Tally) -> Server {
        var server = server
        let microseconds = server.cpuSeconds * 1e6
        let messages = tally.sent.messages
        if tally.deliveries > 0 { server.microsecondsPerDelivery = rounded(microseconds / Double(tally.deliveries)) }
        if messages > 0 { server.microsecondsPerMessage = rounded(microseconds / Double(messages)) }
        return server
    }

    /// Three digits behind the point are more than any of this is true to.
    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
