/// A piece of the server's work as it is measured: the same turn over and over, on input that looks like a player's.
public struct Workload: Sendable {
    public let name: String
    /// What one turn is, for the tables.
    public let what: String
    /// How many turns are counted: enough that what happens in only some of them is in the mean.
    public let turns: Int
    /// Makes ready for so many turns, and returns what one does.
    public let prepare: @Sendable (_ turns: Int) throws -> () -> Void

    init(
        _ name: String, _ what: String, turns: Int = 1000,
        prepare: @escaping @Sendable (_ turns: Int) throws -> () -> Void
    ) {
        self.name = name
        self.what = what
        self.turns = turns
        self.prepare = prepare
    }

    public static let all = frames + messages + games + states + queues + stores + servers
}

/// Takes a result that nothing else needs, so that making it is not optimised away.
@_optimize(none) @inline(never) func keep<Value>(_ value: borrowing Value) {}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
