internal import Synchronization

/// What all connections of one loop may be owed together. Each has a bound of its own; thousands at theirs would still
/// fill the machine.
final class OutboxBudget: Sendable {
    private let share: Int
    /// Changed on the loop alone, read by whoever asks for figures.
    private let total = Atomic<Int>(0)

    /// - Parameters:
    ///   - total: of all loops; 0 means no limit.
    ///   - loops: among which it is divided, so that none has to ask another.
    init(total: Int, loops: Int) {
        share = total == 0 ? .max : total / max(1, loops)
    }

    var owed: Int { total.load(ordering: .relaxed) }
    var isExceeded: Bool { owed > share }

    /// A connection is owed so much more, or less.
    func change(by bytes: Int) { total.wrappingAdd(bytes, ordering: .relaxed) }

    /// Which connections are ended so that what is left fits: the ones that are owed most, so that fewest are.
    func sacrifices<Debtor>(among debtors: [(debtor: Debtor, owed: Int)]) -> [Debtor] {
        var excess = owed - share
        return debtors.sorted { $0.owed > $1.owed }.prefix { debtor in
            guard excess > 0, debtor.owed > 0 else { return false }
            excess -= debtor.owed
            return true
        }.map(\.debtor)
    }
}
