/// One command with its arguments.
public struct RedisCommand: Equatable, Sendable {
    public enum Argument: Equatable, Sendable, ExpressibleByStringLiteral {
        case text(String)
        case bytes([UInt8])
        case integer(Int64)

        public init(stringLiteral text: String) { self = .text(text) }
    }

    public let arguments: [Argument]

    public init(_ name: String, _ arguments: [Argument] = []) {
        // One allocation: this is done for every command.
        var all: [Argument] = []
        all.reserveCapacity(arguments.count + 1)
        all.append(.text(name))
        all.append(contentsOf: arguments)
        self.arguments = all
    }
}
