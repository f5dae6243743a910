/// One command with its arguments.
public struct RedisCommand: Equatable, Sendable {
    public enum Argument: Equatable, Sendable, ExpressibleByStringLiteral {
        case text(String)
        case bytes([UInt8])
        case integer(Int64)

        public init(stringLiteral text: String) { self = .text(text) }
    }

    let name: String
    /// As they were given: nothing is allocated for a command but them.
    let rest: [Argument]

    public var arguments: [Argument] { [.text(name)] + rest }

    public init(_ name: String, _ arguments: [Argument] = []) {
        self.name = name
        rest = arguments
    }
}
