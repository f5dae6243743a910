internal import NIOCore

/// What clients do to a server, and what must come of it. Pure: told what happens, it says what to do with the ``Load``.
protocol Scenario: Sendable {
    static var name: String { get }
    /// As the report names them.
    var parameters: [String: Parameter] { get }
    var connections: Int { get }
    /// Those of its companion too.
    var connectionsInAll: Int { get }
    /// How fast they are opened.
    var opensPerSecond: Double { get }
    /// What it sends at most, in all.
    var messagesPerSecond: Double { get }
    /// Whether it does so little that its thread may go before all others of the machine, so that nothing is measured late
    /// because whoever reads it waits for a core.
    var goesFirst: Bool { get }
    /// How many of them connect at the beginning; the others when it says so.
    var firstConnections: Int { get }
    /// The number of the address that a client comes from, where there are many.
    func source(of client: Int) -> Int
    /// Codes that belong to it.
    var expectedRefusals: Set<String> { get }

    mutating func welcomed(_ client: Int, _ load: inout Load)
    /// - Parameter due: when the request was due that the message answers.
    mutating func heard(_ message: Message, by client: Int, answering due: NIODeadline?, _ load: inout Load)
    /// - Returns: whether the client was to end.
    mutating func ended(_ client: Int, _ load: inout Load) -> Bool

    /// Whether everybody is where they should be, and the load may begin.
    var isReady: Bool { get }
    /// Others who are there for as long as the load is, on an event loop of their own: whoever is measured must not wait
    /// behind them. Asked for when it is ready.
    var companion: (any Scenario)? { get }
    mutating func begin(_ load: inout Load)
    /// Does what is due.
    /// - Returns: when something is due again.
    mutating func act(_ load: inout Load) -> NIODeadline?
    /// Nothing more becomes due; what is under way may come to its end.
    mutating func stop()
    /// Asked again and again after that.
    /// - Returns: whether nothing is under way any more.
    mutating func settles(_ load: inout Load) -> Bool
    /// The last look, at what did not come.
    mutating func finish(_ load: inout Load)
}

extension Scenario {
    var connectionsInAll: Int { connections }
    var goesFirst: Bool { false }
    var firstConnections: Int { connections }
    var opensPerSecond: Double { LoadLimits.opensPerSecond }
    var companion: (any Scenario)? { nil }
    func source(of client: Int) -> Int { client / LoadLimits.connectionsPerAddress }
    var expectedRefusals: Set<String> { [] }
    mutating func ended(_ client: Int, _ load: inout Load) -> Bool { false }
    mutating func settles(_ load: inout Load) -> Bool { load.unanswered == 0 }
    mutating func finish(_ load: inout Load) {
        if load.unanswered > 0 { load.tally.fault("requests that were never answered", count: load.unanswered) }
    }

    /// Looks at a text that has come.
    mutating func take(_ text: UnsafeRawBufferPointer, by client: Int, _ load: inout Load) {
        guard let (message, due) = load.heard(text, by: client) else { return }
        if message.kind == .welcome {
            welcomed(client, &load)
        } else {
            heard(message, by: client, answering: due, &load)
        }
    }
}

/// A value in the report.
enum Parameter: Encodable, Equatable, CustomStringConvertible {
    case int(Int)
    case number(Double)
    case flag(Bool)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        }
    }

    var description: String {
        switch self {
        case .int(let value): "\(value)"
        case .number(let value): value == value.rounded() ? "\(Int(value))" : "\(value)"
        case .flag(let value): "\(value)"
        }
    }
}
